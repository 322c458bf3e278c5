/// Sees to it that the system writes no core dump of this process: keys would stand in it as they are.
///
/// Programs call it before they read a key. What a program outside takes of the memory (a debugger, a hibernated or swapped
/// system, a collector to which the kernel pipes dumps whatever the limit) is beyond it; see `SECURITY.md`.
///
/// # Errors
/// Where the system does not allow it, which no system does to a limit that is lowered.
#[cfg(unix)]
pub fn switch_off_core_dumps() -> std::io::Result<()> {
    rlimit::setrlimit(rlimit::Resource::CORE, 0, 0)
}

/// Elsewhere a process does not decide it.
///
/// # Errors
/// None.
#[cfg(not(unix))]
pub fn switch_off_core_dumps() -> std::io::Result<()> {
    Ok(())
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    #[test]
    fn no_core_dump_is_written_and_nothing_can_raise_the_limit_again() {
        super::switch_off_core_dumps().unwrap();
        let limits = std::fs::read_to_string("/proc/self/limits").unwrap();
        let core = limits.lines().find_map(|line| line.strip_prefix("Max core file size")).unwrap();
        let [soft, hard] = <[&str; 2]>::try_from(core.split_whitespace().take(2).collect::<Vec<_>>()).unwrap();
        assert_eq!((soft, hard), ("0", "0"));
    }
}
