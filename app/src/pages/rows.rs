//! Rows that change while they are looked at: each keeps its place, its menu and its focus.
use leptos::prelude::*;

/// A row: its key, and what it is now.
pub type Row<T> = (String, RwSignal<T>);

/// The rows of a table, and those that came since and are not shown yet.
pub struct LiveRows<T: Send + Sync + 'static> {
    /// What is shown.
    pub rows: RwSignal<Vec<Row<T>>>,
    /// Keys of new ones.
    pub fresh: RwSignal<Vec<String>>,
}

impl<T: Send + Sync + 'static> Clone for LiveRows<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T: Send + Sync + 'static> Copy for LiveRows<T> {}

impl<T: Clone + PartialEq + Send + Sync + 'static> LiveRows<T> {
    /// The rows of a page.
    pub fn new(items: Vec<T>, key: fn(&T) -> String) -> Self {
        let rows = items.into_iter().map(|item| (key(&item), RwSignal::new(item))).collect();
        Self { rows: RwSignal::new(rows), fresh: RwSignal::new(Vec::new()) }
    }

    /// The row of that key.
    pub fn get(self, key: &str) -> Option<RwSignal<T>> {
        self.rows.with_untracked(|rows| rows.iter().find(|(known, _)| known == key).map(|(_, row)| *row))
    }

    /// Changes a row in place; whether it is shown.
    pub fn patch(self, key: &str, item: T) -> bool {
        match self.get(key) {
            Some(row) if row.with_untracked(|old| *old != item) => {
                row.set(item);
                true
            }
            found => found.is_some(),
        }
    }

    /// Notes that there is a new one.
    pub fn note(self, key: String) {
        if self.fresh.with_untracked(|fresh| !fresh.contains(&key)) {
            self.fresh.update(|fresh| fresh.push(key));
        }
    }

    /// Patches what is shown. What is not is counted; or comes on top, where nobody loses their place and it stands
    /// before all that is shown.
    pub fn merge(self, items: Vec<T>, key: fn(&T) -> String, on_top: bool) {
        let newer = items.iter().position(|item| self.get(&key(item)).is_some()).unwrap_or(items.len());
        // The last of the new ones first, so that they come to stand in their order.
        for (place, item) in items.into_iter().enumerate().rev() {
            let key = key(&item);
            if on_top && place < newer {
                self.insert(key, item);
            } else if !self.patch(&key, item) {
                self.note(key);
            }
        }
    }

    /// Shows a new row on top.
    pub fn insert(self, key: String, item: T) {
        if !self.patch(&key, item.clone()) {
            self.fresh.update(|fresh| fresh.retain(|known| *known != key));
            self.rows.update(|rows| rows.insert(0, (key, RwSignal::new(item))));
        }
    }
}

/// Whether nobody would lose their place if a row came on top: not scrolled, no menu open, nothing in the table focused.
pub fn undisturbed() -> bool {
    let top = window().scroll_y().unwrap_or_default() < 60.0;
    let busy = document().query_selector("[popover]:popover-open, dialog[open], tbody :focus").ok().flatten();
    top && busy.is_none()
}
