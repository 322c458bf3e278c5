//! The one door to [`object_store`]: a folder by default, an S3-compatible bucket by URL.
//!
//! **Invariant:** whatever is written here may be read by whoever administers the storage. Keys,
//! the spine and staged rows are not written here; they stay in the vault (`design.md` 2). The storage that a hub shares
//! with the executors of a cluster is another one.

mod transfer;

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{BufReader, Cursor};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use chrono::NaiveDate;
use futures::TryStreamExt;
use object_store::local::LocalFileSystem;
use object_store::path::Path as ObjectPath;
use object_store::{ObjectMeta, ObjectStore, ObjectStoreExt, PutMode, PutOptions, PutPayload};
use yilian_delivery::Stored;

use crate::error::PipelineError;
use crate::files;

const BYTES_AT_ONCE: usize = 1 << 16;

/// Objects by path below one folder or bucket prefix.
#[derive(Debug, Clone)]
pub struct Store {
    objects: Arc<dyn ObjectStore>,
    root: Root,
}

/// One object as [`Store::list`] shows it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Object {
    /// Path inside the store, `/` between parts.
    pub path: String,
    /// Size in bytes.
    pub bytes: u64,
    /// The day it was last written.
    pub written_on: NaiveDate,
}

/// What [`Store::put_if_absent`] found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    /// The object is new.
    New,
    /// An object of that path was there; it was left as it is.
    AlreadyThere,
}

#[derive(Debug, Clone)]
enum Root {
    Folder(PathBuf),
    #[cfg_attr(not(feature = "s3"), expect(dead_code, reason = "only the feature `s3` opens buckets"))]
    Bucket {
        url: String,
        prefix: ObjectPath,
    },
}

impl Store {
    /// Opens `location`: a folder (made if missing; a relative one is below `base`) or `s3://bucket/prefix`.
    pub fn open(location: &str, base: &Path) -> Result<Self, PipelineError> {
        if location.contains("://") {
            return open_url(location);
        }
        let folder = base.join(location);
        std::fs::create_dir_all(&folder).map_err(PipelineError::io("create", &folder))?;
        let folder = std::fs::canonicalize(&folder).map_err(PipelineError::io("open", &folder))?;
        let objects = LocalFileSystem::new_with_prefix(&folder).map_err(|source| PipelineError::Object {
            action: "open",
            path: folder.display().to_string(),
            source,
        })?;
        Ok(Self { objects: Arc::new(objects), root: Root::Folder(folder) })
    }

    /// Writes an object, whole or not at all, over any of the same path.
    pub async fn put(&self, path: &str, content: impl Into<Bytes>) -> Result<(), PipelineError> {
        self.objects
            .put(&self.object_path(path), PutPayload::from(content.into()))
            .await
            .map(drop)
            .map_err(failed("put", path))
    }

    /// Writes an object unless one of that path is there; of two writers at once one gets [`Written::New`].
    pub async fn put_if_absent(&self, path: &str, content: impl Into<Bytes>) -> Result<Written, PipelineError> {
        let options = PutOptions::from(PutMode::Create);
        let payload = PutPayload::from(content.into());
        match self.objects.put_opts(&self.object_path(path), payload, options).await {
            Ok(_) => Ok(Written::New),
            Err(object_store::Error::AlreadyExists { .. }) => Ok(Written::AlreadyThere),
            Err(source) => Err(failed("put", path)(source)),
        }
    }

    /// Reads a whole object.
    pub async fn get(&self, path: &str) -> Result<Bytes, PipelineError> {
        let found = self.objects.get(&self.object_path(path)).await;
        let found = found.map_err(failed("get", path))?;
        found.bytes().await.map_err(failed("get", path))
    }

    /// Reads a whole object; `None` if there is none.
    pub async fn get_if_present(&self, path: &str) -> Result<Option<Bytes>, PipelineError> {
        match self.get(path).await {
            Ok(content) => Ok(Some(content)),
            Err(PipelineError::Object { source: object_store::Error::NotFound { .. }, .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Opens an object to be read piece by piece: its file, or all of it in memory where the store is a bucket.
    pub(crate) async fn open_object(&self, path: &str) -> Result<Box<dyn Stored>, PipelineError> {
        let Root::Folder(root) = &self.root else { return Ok(Box::new(Cursor::new(self.get(path).await?))) };
        let file = root.join(path);
        let open = File::open(&file).map_err(PipelineError::io("read", &file))?;
        Ok(Box::new(BufReader::with_capacity(BYTES_AT_ONCE, open)))
    }

    /// Every object below `folder`, in the order of its path.
    pub async fn list(&self, folder: &str) -> Result<Vec<Object>, PipelineError> {
        let found: Vec<_> =
            self.objects.list(Some(&self.object_path(folder))).try_collect().await.map_err(failed("list", folder))?;
        let mut listed: Vec<Object> = found.into_iter().map(|meta| self.object(&meta)).collect();
        listed.sort();
        Ok(listed)
    }

    /// Removes an object; one that is not there is no error.
    pub async fn delete(&self, path: &str) -> Result<(), PipelineError> {
        match self.objects.delete(&self.object_path(path)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(source) => Err(failed("delete", path)(source)),
        }
    }

    /// Makes sure that objects outlive a loss of power, where the store is a folder of this machine: each file, then each
    /// folder between it and the store once.
    pub(crate) fn make_durable<'p>(&self, paths: impl IntoIterator<Item = &'p str>) -> Result<(), PipelineError> {
        let Root::Folder(root) = &self.root else { return Ok(()) };
        let mut folders = BTreeSet::new();
        for path in paths {
            let file = root.join(path);
            files::sync(&file).map_err(PipelineError::io("write", &file))?;
            folders.extend(file.ancestors().skip(1).take_while(|folder| folder.starts_with(root)).map(Path::to_owned));
        }
        folders.iter().try_for_each(|folder| files::sync(folder).map_err(PipelineError::io("write", folder)))
    }

    /// The object's file, when the store is a folder of this machine.
    pub fn local_path(&self, path: &str) -> Option<PathBuf> {
        match &self.root {
            Root::Folder(folder) => Some(folder.join(path)),
            Root::Bucket { .. } => None,
        }
    }

    /// The object's place as a reader of Parquet files wants it: an absolute path or a URL.
    pub fn url(&self, path: &str) -> String {
        match &self.root {
            Root::Folder(folder) => folder.join(path).display().to_string(),
            Root::Bucket { url, .. } => format!("{}/{path}", url.trim_end_matches('/')),
        }
    }

    /// The bucket that the store lies in, as a URL; `None` for a folder.
    pub(crate) fn bucket_url(&self) -> Option<String> {
        match &self.root {
            Root::Folder(_) => None,
            Root::Bucket { url, .. } => {
                let bucket = url.strip_prefix("s3://").and_then(|rest| rest.split('/').next())?;
                Some(format!("s3://{bucket}"))
            }
        }
    }

    /// The store below, for an engine that reads Parquet itself.
    pub fn objects(&self) -> Arc<dyn ObjectStore> {
        Arc::clone(&self.objects)
    }

    fn object(&self, meta: &ObjectMeta) -> Object {
        let (path, written_on) = (self.inner_path(&meta.location), meta.last_modified.date_naive());
        Object { path, bytes: meta.size, written_on }
    }

    fn object_path(&self, path: &str) -> ObjectPath {
        match &self.root {
            Root::Folder(_) => ObjectPath::from(path),
            Root::Bucket { prefix, .. } => prefix.parts().chain(ObjectPath::from(path).parts()).collect(),
        }
    }

    fn inner_path(&self, location: &ObjectPath) -> String {
        match &self.root {
            Root::Folder(_) => location.to_string(),
            Root::Bucket { prefix, .. } => location.prefix_match(prefix).map_or_else(
                || location.to_string(),
                |parts| {
                    let parts: Vec<String> = parts.map(|part| part.as_ref().to_owned()).collect();
                    parts.join("/")
                },
            ),
        }
    }
}

#[cfg(not(feature = "s3"))]
fn open_url(location: &str) -> Result<Store, PipelineError> {
    Err(PipelineError::Storage {
        location: location.to_owned(),
        reason: "this program was built without S3 (cargo feature `s3`); name a folder".to_owned(),
    })
}

#[cfg(feature = "s3")]
fn open_url(location: &str) -> Result<Store, PipelineError> {
    let refused = |reason: String| PipelineError::Storage { location: location.to_owned(), reason };
    let (bucket, prefix) = location
        .strip_prefix("s3://")
        .map(|rest| rest.split_once('/').unwrap_or((rest, "")))
        .ok_or_else(|| refused("only folders and s3://bucket/prefix are known".to_owned()))?;
    // Endpoint, region and credentials come from the AWS_… variables, as every S3 tool reads them.
    let objects = object_store::aws::AmazonS3Builder::from_env()
        .with_bucket_name(bucket)
        .build()
        .map_err(|error| refused(error.to_string()))?;
    Ok(Store {
        objects: Arc::new(objects),
        root: Root::Bucket { url: location.to_owned(), prefix: ObjectPath::from(prefix) },
    })
}

fn failed(action: &'static str, path: &str) -> impl FnOnce(object_store::Error) -> PipelineError + use<> {
    let path = path.to_owned();
    move |source| PipelineError::Object { action, path, source }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn of_two_writers_of_one_path_the_second_changes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open("store", folder.path()).unwrap();
        let first = store.put_if_absent("a/b.json", "one").await.unwrap();
        let second = store.put_if_absent("a/b.json", "two").await.unwrap();
        assert_eq!((first, second), (Written::New, Written::AlreadyThere));
        assert_eq!(store.get("a/b.json").await.unwrap(), "one");
    }

    #[tokio::test]
    async fn objects_are_listed_in_order_below_a_folder() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open("store", folder.path()).unwrap();
        store.put("x/2", "b").await.unwrap();
        store.put("x/1", "a").await.unwrap();
        store.put("y/3", "c").await.unwrap();
        let paths: Vec<String> = store.list("x").await.unwrap().into_iter().map(|o| o.path).collect();
        assert_eq!(paths, ["x/1", "x/2"]);
        assert_eq!(store.get_if_present("x/9").await.unwrap(), None);
    }

    #[tokio::test]
    async fn what_was_written_is_made_durable_and_what_is_not_there_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open("store", folder.path()).unwrap();
        store.put("a/b/c.json", "one").await.unwrap();
        store.make_durable(["a/b/c.json"]).unwrap();
        assert!(store.make_durable(["a/b/d.json"]).is_err());
    }

    #[test]
    fn an_unknown_kind_of_storage_is_refused_by_name() {
        let error = Store::open("ftp://somewhere", Path::new("/")).unwrap_err();
        assert!(error.to_string().contains("ftp://somewhere"), "{error}");
    }
}
