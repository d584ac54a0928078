//! What a text may do where it is shown: characters that are no letters but orders.

/// Whether a character turns the direction of what follows it (Unicode's explicit directional formatting and marks).
pub const fn turns(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Whether a character moves a terminal's cursor, or turns the direction of what follows.
pub fn steers(c: char) -> bool {
    c.is_control() || turns(c)
}
