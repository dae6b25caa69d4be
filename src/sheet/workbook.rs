//! Sheets as workbooks: xlsx, ods and xls.

use std::io::Cursor;
use std::path::Path;

use calamine::{Data, Reader, open_workbook_auto_from_rs};

use super::{Columns, HEADER_WITHIN, Sheet, SheetError};

/// Reads every sheet of a workbook that has the columns.
pub(super) fn read(bytes: Vec<u8>, path: &Path) -> Result<Sheet, SheetError> {
    let damaged = |cause: calamine::Error| SheetError::Workbook { path: path.to_owned(), cause };
    let mut workbook = open_workbook_auto_from_rs(Cursor::new(bytes)).map_err(damaged)?;
    let mut found = Sheet::default();
    let mut sheets = 0;
    for name in workbook.sheet_names() {
        let range = workbook.worksheet_range(&name).map_err(damaged)?;
        let first = range.start().map_or(0, |(row, _)| u64::from(row));
        let mut columns = None;
        for (place, row) in range.rows().enumerate() {
            let cells: Vec<String> = row.iter().map(text).collect();
            match &columns {
                None if place >= HEADER_WITHIN => break,
                None => {
                    columns = Columns::find(cells.iter().map(String::as_str));
                    sheets += u32::from(columns.is_some());
                }
                Some(columns) => {
                    let number = first + place as u64 + 1;
                    let row = columns.row(number, |place| cells.get(place).map(String::as_str));
                    found.rows.extend(row.map(|row| super::SheetRow { sheet: name.clone(), ..row }));
                }
            }
        }
    }
    match sheets {
        0 => return Err(SheetError::NoColumns(path.to_owned())),
        1 => found.rows.iter_mut().for_each(|row| row.sheet.clear()),
        _ => {}
    }
    Ok(found)
}

/// A cell as a person sees it.
fn text(cell: &Data) -> String {
    match cell {
        Data::String(text) => text.clone(),
        Data::Empty => String::new(),
        other => other.to_string(),
    }
}
