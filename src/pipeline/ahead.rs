//! Reading ahead: one thread makes what another takes.

use std::sync::mpsc::sync_channel;
use std::thread::{Builder, Scope};

use super::ordered::NoThread;

/// Items handed over at a time, so that handing over does not show.
const BATCH: usize = 256;

/// Batches that may wait: a bound on memory.
const WAITING: usize = 4;

/// The same items in the same order, made in a thread of its own. Who stops taking them stops it.
///
/// # Errors
/// When there is no thread.
pub(super) fn read_ahead<'scope, 'env, T: Send + 'scope>(
    scope: &'scope Scope<'scope, 'env>,
    items: impl Iterator<Item = T> + Send + 'scope,
) -> Result<impl Iterator<Item = T>, NoThread> {
    let (sender, receiver) = sync_channel(WAITING);
    let make = move || {
        let mut items = items.peekable();
        while items.peek().is_some() {
            let batch: Vec<T> = items.by_ref().take(BATCH).collect();
            if sender.send(batch).is_err() {
                break;
            }
        }
    };
    Builder::new().spawn_scoped(scope, make).map_err(NoThread)?;
    Ok(receiver.into_iter().flatten())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_items_come_in_their_order_and_who_has_enough_may_leave() {
        std::thread::scope(|scope| {
            let items = read_ahead(scope, 0..1_000_000).unwrap();
            assert!(items.eq(0..1_000_000));
            let mut endless = read_ahead(scope, 0..).unwrap();
            assert_eq!(endless.nth(5_000), Some(5_000));
        });
    }
}
