//! Paths in JSON, without loss: for `#[serde(with = "exact_path")]`.
//!
//! A path that is Unicode is a string. Any other one is an object in which `b64` is the path, byte
//! for byte, and `shown` is for people: `{"shown": "caf�", "b64": "Y2Fm6Q=="}`.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::de::{DeserializeOwned, Error};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A path as it stands in JSON.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
pub enum Written {
    /// Unicode.
    Plain(String),
    /// Anything else.
    Exact {
        /// For people only.
        shown: String,
        /// The bytes of the path.
        b64: String,
    },
}

/// A path, or paths.
pub trait Paths: Sized {
    /// How it stands in JSON.
    type Written: Serialize + DeserializeOwned;

    /// What is to be written.
    fn written(&self) -> Self::Written;

    /// What was written. `None` when this machine has no such path.
    fn read(written: Self::Written) -> Option<Self>;
}

impl Paths for PathBuf {
    type Written = Written;

    fn written(&self) -> Written {
        match self.to_str() {
            Some(path) => Written::Plain(path.to_owned()),
            None => Written::Exact { shown: self.to_string_lossy().into_owned(), b64: path_to_base64(self) },
        }
    }

    fn read(written: Written) -> Option<PathBuf> {
        match written {
            Written::Plain(path) => Some(path.into()),
            Written::Exact { b64, .. } => path_from_base64(&b64),
        }
    }
}

impl<P: Paths> Paths for Vec<P> {
    type Written = Vec<P::Written>;

    fn written(&self) -> Self::Written {
        self.iter().map(P::written).collect()
    }

    fn read(written: Self::Written) -> Option<Self> {
        written.into_iter().map(P::read).collect()
    }
}

impl<P: Paths> Paths for Option<P> {
    type Written = Option<P::Written>;

    fn written(&self) -> Self::Written {
        self.as_ref().map(P::written)
    }

    fn read(written: Self::Written) -> Option<Self> {
        written.map_or(Some(None), |written| P::read(written).map(Some))
    }
}

/// For serde.
///
/// # Errors
/// When the serializer fails; a path never does.
pub fn serialize<P: Paths, S: Serializer>(paths: &P, serializer: S) -> Result<S::Ok, S::Error> {
    paths.written().serialize(serializer)
}

/// For serde.
///
/// # Errors
/// When there is no path, or one that only another kind of system has.
pub fn deserialize<'de, P: Paths, D: Deserializer<'de>>(deserializer: D) -> Result<P, D::Error> {
    P::read(P::Written::deserialize(deserializer)?).ok_or_else(|| D::Error::custom("no path of this system"))
}

/// The bytes of a path in Base64.
pub fn path_to_base64(path: &Path) -> String {
    BASE64.encode(path.as_os_str().as_encoded_bytes())
}

/// The path of [`path_to_base64`]; `None` when it is none, or not one of this system.
pub fn path_from_base64(encoded: &str) -> Option<PathBuf> {
    Some(os_string(BASE64.decode(encoded).ok()?)?.into())
}

#[cfg(unix)]
fn os_string(bytes: Vec<u8>) -> Option<OsString> {
    Some(std::os::unix::ffi::OsStringExt::from_vec(bytes))
}

#[cfg(not(unix))]
fn os_string(bytes: Vec<u8>) -> Option<OsString> {
    String::from_utf8(bytes).ok().map(OsString::from)
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Holder {
        #[serde(with = "super")]
        one: PathBuf,
        #[serde(with = "super")]
        maybe: Option<Vec<PathBuf>>,
    }

    #[test]
    fn a_unicode_path_is_a_plain_string_and_any_other_one_shows_what_it_is_like() {
        let holder = Holder { one: "né/a.txt".into(), maybe: None };
        assert_eq!(serde_json::to_string(&holder).unwrap(), r#"{"one":"né/a.txt","maybe":null}"#);
        let holder = Holder { one: os_string(b"caf\xe9".to_vec()).unwrap().into(), maybe: None };
        let json = serde_json::to_string(&holder).unwrap();
        assert_eq!(json, r#"{"one":{"shown":"caf�","b64":"Y2Fm6Q=="},"maybe":null}"#);
        assert!(serde_json::from_str::<Holder>(r#"{"one":{"shown":"","b64":"?"},"maybe":null}"#).is_err());
    }

    proptest! {
        #[test]
        fn every_path_comes_back_as_it_was(
            names in prop::collection::vec(prop::collection::vec(1..=255u8, 1..9), 1..4),
        ) {
            let mut paths: Vec<PathBuf> = names.into_iter().map(|name| os_string(name).unwrap().into()).collect();
            let holder = Holder { one: paths.pop().unwrap(), maybe: Some(paths) };
            let json = serde_json::to_string(&holder).unwrap();
            prop_assert_eq!(serde_json::from_str::<Holder>(&json).unwrap(), holder);
        }
    }
}
