// Preloaded into child processes: ends them when the process that started them is gone.
const POLL_MS = 500;

const parent = process.ppid;
setInterval(() => {
  if (process.ppid === parent) return;
  process.kill(process.pid, 'SIGTERM');
}, POLL_MS).unref();
