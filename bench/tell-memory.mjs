/**
 * Loaded into a measured process; writes the peak of its resident memory, in MiB, to file
 * descriptor 3 when it ends. JavaScript, for to strip types would itself take memory.
 * Linux keeps the peak of the process image; what getrusage tells also counts the parent's memory
 * before exec, and is the fallback elsewhere.
 */
import { readFileSync, writeSync } from 'node:fs';

const TELL_FD = 3;
const KIB_PER_MIB = 1024;

process.on('exit', () => writeSync(TELL_FD, String(peakKib() / KIB_PER_MIB)));

function peakKib() {
  try {
    const peak = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'));
    if (peak !== null) return Number(peak[1]);
  } catch {
    // Not Linux.
  }
  return process.resourceUsage().maxRSS;
}
