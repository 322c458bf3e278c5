//! Files too large to be held in memory, between this machine and a store.

use std::path::Path;

use futures::StreamExt;
use object_store::{ObjectStoreExt, WriteMultipart};
use sha2::{Digest, Sha256};
use tokio::fs::File;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use yilian_delivery::sha256_hex;

use super::{Store, failed};
use crate::error::PipelineError;

/// Parts that are under way at once while a file is put.
const PARTS_AT_ONCE: usize = 2;
/// Objects that are deleted at once.
const OBJECTS_AT_ONCE: usize = 16;
const PART_BYTES: usize = 8 << 20;

impl Store {
    /// Writes a file as an object, whole or not at all, over any of the same path; gives the SHA-256 of its bytes in hex.
    pub(crate) async fn put_file(&self, path: &str, file: &Path) -> Result<String, PipelineError> {
        let unread = |source| PipelineError::io("read", file)(source);
        let mut open = File::open(file).await.map_err(unread)?;
        if open.metadata().await.map_err(unread)?.len() <= PART_BYTES as u64 {
            let content = tokio::fs::read(file).await.map_err(unread)?;
            let sha256 = sha256_hex(&content);
            return self.put(path, content).await.map(|()| sha256);
        }
        let upload = self.objects.put_multipart(&self.object_path(path)).await.map_err(failed("put", path))?;
        let mut writer = WriteMultipart::new_with_chunk_size(upload, PART_BYTES);
        let (mut hash, mut part) = (Sha256::new(), vec![0; PART_BYTES]);
        loop {
            let read = open.read(&mut part).await.map_err(unread)?;
            let Some(bytes) = part.get(..read).filter(|bytes| !bytes.is_empty()) else { break };
            hash.update(bytes);
            writer.wait_for_capacity(PARTS_AT_ONCE).await.map_err(failed("put", path))?;
            writer.write(bytes);
        }
        writer.finish().await.map_err(failed("put", path))?;
        Ok(hex::encode(hash.finalize()))
    }

    /// Writes an object to a file; gives the SHA-256 of its bytes in hex.
    pub(crate) async fn get_file(&self, path: &str, file: &Path) -> Result<String, PipelineError> {
        let unwritten = |source| PipelineError::io("write", file)(source);
        let mut object = self.objects.get(&self.object_path(path)).await.map_err(failed("get", path))?.into_stream();
        let mut open = File::create(file).await.map_err(unwritten)?;
        let mut hash = Sha256::new();
        while let Some(bytes) = object.next().await {
            let bytes = bytes.map_err(failed("get", path))?;
            hash.update(&bytes);
            open.write_all(&bytes).await.map_err(unwritten)?;
        }
        open.flush().await.map_err(unwritten)?;
        Ok(hex::encode(hash.finalize()))
    }

    /// Removes every object below `folder`.
    pub(crate) async fn delete_below(&self, folder: &str) -> Result<(), PipelineError> {
        let objects = self.list(folder).await?;
        let mut deleting =
            futures::stream::iter(&objects).map(|object| self.delete(&object.path)).buffer_unordered(OBJECTS_AT_ONCE);
        while let Some(deleted) = deleting.next().await {
            deleted?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_file_comes_back_as_it_was_put() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open("store", folder.path()).unwrap();
        let content: Vec<u8> = (0..PART_BYTES * 2 + 7).map(|at| u8::try_from(at % 251).unwrap()).collect();
        for content in [content.as_slice(), b""] {
            let (from, to) = (folder.path().join("from"), folder.path().join("to"));
            std::fs::write(&from, content).unwrap();
            let put = store.put_file("cluster/a", &from).await.unwrap();
            let got = store.get_file("cluster/a", &to).await.unwrap();
            assert_eq!((put.as_str(), got.as_str()), (&*sha256_hex(content), put.as_str()));
            assert_eq!(std::fs::read(&to).unwrap(), content);
        }
        store.delete_below("cluster").await.unwrap();
        assert_eq!(store.list("cluster").await.unwrap(), []);
    }
}
