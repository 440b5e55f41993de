import Glibc

/// The group of processes that the terminal listens to.
public enum ForegroundGroup {
  /// Makes a group that one; if the terminal has stopped it, it goes on. Nothing happens where there is no terminal.
  public static func give(to group: pid_t) {
    // Who is not of that group would be stopped for asking.
    var stops = sigset_t()
    var earlier = sigset_t()
    unsafe sigemptyset(&stops)
    unsafe sigaddset(&stops, SIGTTOU)
    unsafe pthread_sigmask(SIG_BLOCK, &stops, &earlier)
    if tcsetpgrp(STDIN_FILENO, group) == 0 { _ = kill(-group, SIGCONT) }
    unsafe pthread_sigmask(SIG_SETMASK, &earlier, nil)
  }

  /// Has a child go on whenever the terminal stops it (Ctrl-Z), until it ends: who waits for it has nothing else to offer
  /// meanwhile. It stays to be waited for.
  public static func keepGoing(_ child: pid_t) {
    var change = unsafe siginfo_t()
    while true {
      guard unsafe waitid(P_PID, id_t(child), &change, WSTOPPED | WEXITED | WNOWAIT) == 0 else {
        if errno == EINTR { continue }
        return
      }
      guard unsafe change.si_code == CLD_STOPPED else { return }
      // Takes note of it, so that it is told once.
      _ = unsafe waitid(P_PID, id_t(child), &change, WSTOPPED | WNOHANG)
      give(to: child)
    }
  }
}
