//! The machine that figures belong to, and how often its disk was told to keep what it has.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// Processor, cores, memory and kernel, as the machine names them.
pub fn named() -> String {
    let field = |file: &str, name: &str| {
        let text = fs::read_to_string(file).unwrap_or_default();
        let line = text.lines().find(|line| line.starts_with(name)).unwrap_or_default();
        line.split_once(':').map_or(String::new(), |(_, value)| value.trim().to_owned())
    };
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let memory =
        field("/proc/meminfo", "MemTotal").split(' ').next().and_then(|kib| kib.parse::<f64>().ok()).unwrap_or_default();
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let processor = field("/proc/cpuinfo", "model name");
    format!("{processor}, {cores} cores, {:.0} GiB, Linux {}", memory / 1024.0 / 1024.0, kernel.trim())
}

/// Counts the flushes of the disk that a folder is on: each fsync and fdatasync makes one, whoever does it. That is honest only
/// on a machine that does nothing else meanwhile.
pub struct Disk {
    statistics: PathBuf,
}

impl Disk {
    pub fn of(folder: &Path) -> Option<Disk> {
        let device = fs::metadata(folder).ok()?.dev();
        // as glibc's major() and minor() take it apart
        let (major, minor) = ((device >> 8) & 0xfff, (device & 0xff) | ((device >> 12) & 0xf_ff00));
        let mut place = fs::canonicalize(format!("/sys/dev/block/{major}:{minor}")).ok()?;
        if place.join("partition").exists() {
            // flushes are the whole disk's
            place.pop();
        }
        let disk = Disk { statistics: place.join("stat") };
        disk.flushes().map(|_| disk)
    }

    /// Since the machine started.
    pub fn flushes(&self) -> Option<u64> {
        flushes(&fs::read_to_string(&self.statistics).ok()?)
    }
}

/// The sixteenth number of a block device's statistics, since Linux 5.5.
fn flushes(statistics: &str) -> Option<u64> {
    statistics.split_whitespace().nth(15)?.parse().ok()
}

/// Resident memory of a process in MiB: now, and the most that it ever was.
pub fn memory(process: u32) -> (f64, f64) {
    let text = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let mib = |name: &str| {
        let line = text.lines().find(|line| line.starts_with(name))?;
        Some(line.split_whitespace().nth(1)?.parse::<f64>().ok()? / 1024.0)
    };
    (mib("VmRSS:").unwrap_or_default(), mib("VmHWM:").unwrap_or_default())
}

/// What processes had of the processors, in microseconds: this server's, and all of PostgreSQL's.
#[derive(Clone, Copy, Debug, Default)]
pub struct Processors {
    pub server: f64,
    pub postgres: f64,
}

impl Processors {
    pub fn of(server: u32) -> Processors {
        let numbers = fs::read_dir("/proc").into_iter().flatten().flatten();
        let numbers = numbers.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
        let postgres = numbers.filter_map(processors).filter(|(name, _)| name == "postgres").map(|(_, time)| time).sum();
        Processors { server: processors(server).map_or(0.0, |(_, time)| time), postgres }
    }

    pub fn since(self, before: Processors) -> Processors {
        Processors { server: self.server - before.server, postgres: self.postgres - before.postgres }
    }
}

/// A process's name, and what it had. The kernel counts hundredths of a second.
fn processors(process: u32) -> Option<(String, f64)> {
    let text = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    let (name, rest) = text.split_once('(')?.1.rsplit_once(')')?;
    let mut fields = rest.split_whitespace().skip(11).map(|field| field.parse::<f64>().unwrap_or_default());
    Some((name.to_owned(), (fields.next()? + fields.next()?) * 10_000.0))
}

#[cfg(test)]
mod tests {
    #[test]
    fn flushes_are_found_where_the_kernel_counts_them() {
        let line = "26694 4865 2379890 11342 16958 157493 12078184 93048 0 15404 110074 59731 49 2597600 5658 777 24";
        assert_eq!(super::flushes(line), Some(777));
        assert_eq!(super::flushes("1 2 3"), None, "an older kernel counts none");
    }

    #[test]
    fn this_process_had_some_of_the_processors() {
        let (name, before) = super::processors(std::process::id()).unwrap();
        assert!(!name.is_empty() && !name.contains(['(', ')']));
        let began = std::time::Instant::now();
        while began.elapsed() < std::time::Duration::from_millis(100) {}
        assert!(super::processors(std::process::id()).unwrap().1 > before);
    }

    #[test]
    fn this_process_has_memory() {
        let (now, most) = super::memory(std::process::id());
        assert!(now > 0.0 && most >= now);
    }
}
