//! What stands in for the browser in a program that is none: nothing. The server renders an island; only a browser brings
//! it to life.

use leptos::prelude::RwSignal;

/// Nothing saves by itself.
pub mod autosave {
    use super::RwSignal;

    pub const fn begin(_form: &str, _state: RwSignal<(String, bool)>, _counted: RwSignal<String>) {}
}

/// Nobody presses a key.
pub mod keys {
    use super::RwSignal;

    pub const fn begin(_listening: RwSignal<Option<bool>>) {}
}

/// There is no passkey to ask for.
pub mod passkey {
    use super::RwSignal;

    pub const fn begin(_form: &str, _message: RwSignal<String>) {}
}

/// Nothing is sent.
pub mod upload {
    use super::RwSignal;

    pub const fn begin(_form: &str, _percent: RwSignal<Option<u32>>, _message: RwSignal<String>) {}
}
