//! How much memory a database's cache may take.

use std::path::Path;

/// Of the machine, or of the container if that has less.
const MACHINE: &str = "/proc/meminfo";
const CONTAINER: &str = "/sys/fs/cgroup/memory.max";

/// A 16th of the memory, in KiB: 64 MiB at least, 512 MiB at most.
pub(super) fn cache_kib() -> u64 {
    let machine = read(Path::new(MACHINE)).and_then(|text| {
        let line = text.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
        line.trim().trim_end_matches(" kB").parse().ok()
    });
    let container = read(Path::new(CONTAINER)).and_then(|text| text.trim().parse::<u64>().ok()).map(|bytes| bytes / 1024);
    share(machine.into_iter().chain(container).min())
}

fn read(file: &Path) -> Option<String> {
    std::fs::read_to_string(file).ok()
}

fn share(memory: Option<u64>) -> u64 {
    (memory.unwrap_or(0) / 16).clamp(64 * 1024, 512 * 1024)
}

#[cfg(test)]
mod tests {
    use super::share;

    #[test]
    fn a_cache_grows_with_the_memory_within_bounds() {
        let gib = |n: u64| Some(n * 1024 * 1024);
        assert_eq!([None, gib(1), gib(4), gib(64)].map(share), [65_536, 65_536, 262_144, 524_288]);
    }
}
