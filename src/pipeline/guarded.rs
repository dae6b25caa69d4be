//! One bad document must not end a run.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::model::{Problem, Severity, Source};

/// Runs `work` on a source. A panic in it, which is a fault of the program, becomes a problem
/// with that source.
///
/// Whatever `work` owned is dropped; nothing it shares may be changed by it, which holds for
/// rooms, as they are functions of values.
pub(super) fn guarded<T>(source: &Source, work: impl FnOnce() -> T) -> Result<T, Problem> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|panic| Problem {
        name: source.name.clone(),
        line: None,
        severity: Severity::Damaged,
        message: format!(
            "left out: a fault of scrubjay itself ({}); please report it",
            reason(panic.as_ref())
        ),
    })
}

fn reason(panic: &(dyn Any + Send)) -> &str {
    match (panic.downcast_ref::<&str>(), panic.downcast_ref::<String>()) {
        (Some(reason), _) => reason,
        (_, Some(reason)) => reason,
        _ => "no reason given",
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::model::{Compression, Format};

    #[test]
    fn a_fault_names_the_document_and_does_not_spread() {
        let source = Source {
            path: PathBuf::from("a.txt"),
            relative: PathBuf::from("a.txt"),
            name: "a.txt".into(),
            format: Format::Text,
            compression: Compression::None,
            size: 1,
        };
        assert_eq!(guarded(&source, || 7), Ok(7));
        let problem = guarded(&source, || -> u32 { panic!("index {} out of range", 3) }).unwrap_err();
        assert_eq!((problem.name.as_str(), problem.severity), ("a.txt", Severity::Damaged));
        assert!(problem.message.contains("index 3 out of range"), "{}", problem.message);
    }
}
