//! What the process that opens documents may not do, whatever a document makes of it.

use libc::{
    SYS_brk, SYS_clock_gettime, SYS_clock_nanosleep, SYS_close, SYS_exit, SYS_exit_group, SYS_fstat, SYS_futex,
    SYS_getcpu, SYS_getpid, SYS_getrandom, SYS_gettid, SYS_gettimeofday, SYS_lseek, SYS_madvise, SYS_membarrier,
    SYS_mmap, SYS_mprotect, SYS_mremap, SYS_munmap, SYS_nanosleep, SYS_newfstatat, SYS_ppoll, SYS_read, SYS_readv,
    SYS_restart_syscall, SYS_rseq, SYS_rt_sigaction, SYS_rt_sigprocmask, SYS_rt_sigreturn, SYS_sched_getaffinity,
    SYS_sched_yield, SYS_set_robust_list, SYS_sigaltstack, SYS_tgkill, SYS_write, SYS_writev,
};
use rustix::process::{Resource, Rlimit, nice, setrlimit};
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule,
    apply_filter_all_threads,
};
use std::collections::BTreeMap;

/// The most memory, in bytes: 1.5 GiB. A PDF of 400 MiB is held as it came and as it was made; most documents take less than
/// a tenth of it.
const MEMORY: u64 = 1536 * 1024 * 1024;

/// The most time of a processor, in seconds.
pub const SECONDS: u64 = 60;

/// The most open files: the three that it is started with, and what the run-time library may have opened.
const FILES: u64 = 32;

/// What may be asked of the kernel: memory, time, the pipes that are open already, and to end.
const CALLS: &[libc::c_long] = &[
    SYS_brk,
    SYS_clock_gettime,
    SYS_clock_nanosleep,
    SYS_close,
    SYS_exit,
    SYS_exit_group,
    SYS_fstat,
    SYS_futex,
    SYS_getcpu,
    SYS_getpid,
    SYS_getrandom,
    SYS_gettid,
    SYS_gettimeofday,
    SYS_lseek,
    SYS_madvise,
    SYS_membarrier,
    SYS_mremap,
    SYS_munmap,
    SYS_nanosleep,
    SYS_newfstatat,
    SYS_ppoll,
    SYS_read,
    SYS_readv,
    SYS_restart_syscall,
    SYS_rseq,
    SYS_rt_sigaction,
    SYS_rt_sigprocmask,
    SYS_rt_sigreturn,
    SYS_sched_getaffinity,
    SYS_sched_yield,
    SYS_set_robust_list,
    SYS_sigaltstack,
    SYS_write,
    SYS_writev,
];

/// Sets the limits of the process, which it cannot raise again: this many seconds of a processor, and the others above.
/// Whether they are set.
pub fn limits(seconds: u64) -> bool {
    // The portal goes first. A process that may not step back works all the same.
    nice(10).ok();
    [
        (Resource::Data, MEMORY),
        (Resource::Cpu, seconds),
        (Resource::Nofile, FILES),
        (Resource::Fsize, 0),
        (Resource::Core, 0),
    ]
    .into_iter()
    .all(|(resource, most)| {
        // One second more before it is killed: the end by the first limit says that it was time.
        let last = if matches!(resource, Resource::Cpu) { most + 1 } else { most };
        setrlimit(resource, Rlimit { current: Some(most), maximum: Some(last) }).is_ok()
    })
}

/// Leaves the process the calls that it needs. Whether that was done; everything else is refused from then on.
pub fn calls() -> bool {
    filter().is_ok_and(|filter| apply_filter_all_threads(&filter).is_ok())
}

fn filter() -> Result<BpfProgram, seccompiler::BackendError> {
    let mut rules: BTreeMap<i64, Vec<SeccompRule>> = CALLS.iter().map(|call| (*call, vec![])).collect();
    // Memory never holds a program that was not there before.
    let executable = u64::from(libc::PROT_EXEC.unsigned_abs());
    let data = SeccompCondition::new(2, SeccompCmpArgLen::Dword, SeccompCmpOp::MaskedEq(executable), 0)?;
    for call in [SYS_mmap, SYS_mprotect] {
        rules.insert(call, vec![SeccompRule::new(vec![data.clone()])?]);
    }
    // It may end itself, and nobody else.
    let own = u64::from(std::process::id());
    let own = SeccompCondition::new(0, SeccompCmpArgLen::Dword, SeccompCmpOp::Eq, own)?;
    rules.insert(SYS_tgkill, vec![SeccompRule::new(vec![own])?]);
    let refused = SeccompAction::Errno(libc::EPERM.unsigned_abs());
    SeccompFilter::new(rules, refused, SeccompAction::Allow, std::env::consts::ARCH.try_into()?)?.try_into()
}
