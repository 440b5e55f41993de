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
}
