//! Sheets as workbooks: xlsx, ods and xls.

use std::io::Cursor;
use std::path::Path;

use calamine::{Data, DataRef, DataType, Reader, Sheets, XlsxError, open_workbook_auto_from_rs};

use super::{Columns, HEADER_WITHIN, Sheet, SheetError, SheetRow};

/// Reads every sheet of a workbook that has the columns.
pub(super) fn read(bytes: Vec<u8>, path: &Path) -> Result<Sheet, SheetError> {
    let damaged = |cause: calamine::Error| SheetError::Workbook { path: path.to_owned(), cause };
    let mut workbook = open_workbook_auto_from_rs(Cursor::new(bytes)).map_err(damaged)?;
    let mut found = Sheet::default();
    let mut sheets = 0;
    for name in workbook.sheet_names() {
        let mut table = Table::default();
        cells(&mut workbook, &name, |row, column, text| table.cell(row, column, text)).map_err(damaged)?;
        table.end_row();
        table.columns.iter().try_for_each(|columns| columns.are_plain(path))?;
        sheets += u32::from(table.columns.is_some());
        found.rows.extend(table.rows.into_iter().map(|row| SheetRow { sheet: name.clone(), ..row }));
    }
    match sheets {
        0 => return Err(SheetError::NoColumns(path.to_owned())),
        1 => found.rows.iter_mut().for_each(|row| row.sheet.clear()),
        _ => {}
    }
    Ok(found)
}

/// Every cell of a sheet that holds something, row by row, with its place counted from 0.
///
/// Those of the largest form come one by one: as a table, one word typed into the last cell by
/// mistake would ask for memory for all that could stand before it. The others stay within bounds.
fn cells(
    workbook: &mut Sheets<Cursor<Vec<u8>>>,
    name: &str,
    mut take: impl FnMut(u32, usize, String),
) -> Result<(), calamine::Error> {
    let Sheets::Xlsx(workbook) = workbook else {
        let range = workbook.worksheet_range(name)?;
        let (top, left) = range.start().unwrap_or_default();
        for (row, column, cell) in range.used_cells() {
            take(top + row as u32, left as usize + column, text(cell));
        }
        return Ok(());
    };
    let mut cells = match workbook.worksheet_cells_reader(name) {
        Err(XlsxError::NotAWorksheet(_)) => return Ok(()),
        cells => cells?,
    };
    while let Some(cell) = cells.next_cell()? {
        let (row, column) = cell.get_position();
        match cell.get_value() {
            DataRef::SharedString(text) => take(row, column as usize, (*text).to_owned()),
            other if other.is_empty() => {}
            other => take(row, column as usize, text(&Data::from(other.clone()))),
        }
    }
    Ok(())
}

/// What is gathered of a sheet.
#[derive(Default)]
struct Table {
    columns: Option<Columns>,
    rows: Vec<SheetRow>,
    /// The first row that holds anything.
    first: Option<u32>,
    /// The row that is being read, and its cells by column.
    row: u32,
    cells: Vec<(usize, String)>,
}

impl Table {
    fn cell(&mut self, row: u32, column: usize, text: String) {
        if row != self.row {
            self.end_row();
            self.row = row;
        }
        self.cells.push((column, text));
    }

    fn end_row(&mut self) {
        let cells = std::mem::take(&mut self.cells);
        // A damaged workbook may have its cells in any order.
        let Some(width) = cells.iter().map(|(at, _)| at + 1).max() else { return };
        let first = *self.first.get_or_insert(self.row);
        match &self.columns {
            Some(columns) => {
                let cell = |place| cells.iter().find(|(at, _)| *at == place).map(|(_, text)| text.as_str());
                self.rows.extend(columns.row(u64::from(self.row) + 1, cell));
            }
            None if self.row - first < HEADER_WITHIN as u32 => {
                let mut header = vec![""; width];
                cells.iter().for_each(|(at, text)| header[*at] = text);
                self.columns = Columns::find(header.into_iter());
            }
            None => {}
        }
    }
}

/// A cell as a person sees it.
fn text(cell: &Data) -> String {
    match cell {
        Data::String(text) => text.clone(),
        Data::Empty => String::new(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use rust_xlsxwriter::Workbook;

    use super::*;

    #[test]
    fn a_word_in_the_last_cell_of_a_sheet_does_no_harm() {
        let mut workbook = Workbook::new();
        let sheet = workbook.add_worksheet();
        for (column, name) in (2..).zip(["decision", "note", "row_id"]) {
            sheet.write_string(3, column, name).unwrap();
        }
        for (column, cell) in [(2, "accept"), (4, "r1"), (16_383, "oops")] {
            sheet.write_string(4, column, cell).unwrap();
        }
        sheet.write_number(6, 2, 1.5).unwrap();
        sheet.write_string(1_048_575, 16_383, "oops").unwrap();
        let sheet = read(workbook.save_to_buffer().unwrap(), Path::new("x.xlsx")).unwrap();
        let rows: Vec<_> =
            sheet.rows.iter().map(|row| (row.number, row.row_id.as_str(), row.decision.as_str())).collect();
        assert_eq!(rows, [(5, "r1", "accept"), (7, "", "1.5")]);
    }
}
