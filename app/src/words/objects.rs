//! Words of the object browser.

/// The list of what lies in a container.
pub const OBJECTS: &str = "Objects";
/// Where one is in a container.
pub const FOLDERS: &str = "Folder";
/// A column: how large.
pub const SIZE: &str = "Size";
/// A column: the media type.
pub const TYPE: &str = "Type";
/// A folder, beside its name.
pub const FOLDER: &str = "Folder";
/// Where the parts of large objects lie.
pub const SEGMENTS_HELP: &str =
    "These are the parts of large objects. They go with their objects; deleting one by itself breaks its object.";
/// Copies one.
pub const COPY_OBJECT: &str = "Copy…";
/// An address that opens one for a while.
pub const LINK_OBJECT: &str = "Link…";
/// Deletes one.
pub const DELETE_OBJECT: &str = "Delete…";
/// Chooses files.
pub const CHOOSE_FILES: &str = "Choose files";
/// Where files are dropped.
pub const DROP_FILES: &str = "Drop files here, or";
/// What sending in a page needs.
pub const UPLOAD_SCRIPT: &str =
    "Sending files from this page needs JavaScript. The API and the command line send them, too.";
/// What is being sent.
pub const UPLOADS: &str = "Uploads";
/// A file waits for others.
pub const WAITING: &str = "Waiting";
/// A file is there.
pub const SENT: &str = "Done";
/// Stops one.
pub const STOP: &str = "Stop";
/// One was stopped.
pub const STOPPED: &str = "Stopped. Choose the file again to go on where it stopped.";
/// Sends once more.
pub const RETRY: &str = "Try again";
/// Takes the place of what is there.
pub const REPLACE: &str = "Replace";
/// An empty folder.
pub const NO_OBJECTS: &str = "Nothing lies here yet";
/// An empty folder: what to do.
pub const NO_OBJECTS_HELP: &str = "Drop files above, or send them with the API or the command line.";

/// What is done with an object, for those who hear the page.
pub fn with_object(label: &str, name: &str) -> String {
    format!("{} {name}", label.trim_end_matches('…'))
}

/// A number of bytes, to three figures.
pub fn bytes(count: i64) -> String {
    const UNITS: [&str; 5] = ["KiB", "MiB", "GiB", "TiB", "PiB"];
    if count < 1024 {
        return format!("{count} B");
    }
    let (mut whole, mut rest, mut unit) = (count, 0, 0);
    for (number, _) in UNITS.iter().enumerate() {
        (rest, whole, unit) = (whole % 1024, whole / 1024, number);
        if whole < 1024 {
            break;
        }
    }
    let tenths = rest * 10 / 1024;
    match whole {
        100.. => format!("{whole} {}", UNITS[unit]),
        _ => format!("{whole}.{tenths} {}", UNITS[unit]),
    }
}

/// How far an upload is.
pub fn sent_of(sent: i64, all: i64) -> String {
    format!("{} of {}", bytes(sent), bytes(all))
}

#[cfg(test)]
mod tests {
    use super::bytes;

    #[test]
    fn bytes_are_said_to_three_figures() {
        let said = [0, 1023, 1024, 1536, 16 * 1024 * 1024, 150 * 1024 * 1024, 2 * 1024 * 1024 * 1024].map(bytes);
        assert_eq!(said, ["0 B", "1023 B", "1.0 KiB", "1.5 KiB", "16.0 MiB", "150 MiB", "2.0 GiB"]);
    }
}
