import { MIB } from '../../../base/units.ts';

export type KeepLimits = {
  /** Read at once, and so often in a row: a turn. Slow output is many small reads. */
  readonly readBytes: number;
  readonly reads: number;
  /** Of the beginning, and of each piece after it. */
  readonly headBytes: number;
  readonly segmentBytes: number;
  /** So many pieces stay beside the one that is open. */
  readonly segments: number;
};

/** At most 48 MiB on the disk, as at `local`; all of it below 38. */
export const KEEP_LIMITS: KeepLimits = {
  readBytes: 16 * 1024,
  reads: 128,
  headBytes: 16 * MIB,
  segmentBytes: 8 * MIB,
  segments: 3,
};

/**
 * A shell function that keeps what it reads in files of limited size, by the names of
 * log-segments.ts: the beginning in `output.log`, the latest pieces in `output-<offset>.log`.
 * `dd` is what a shell has that reads a pipe as it comes, and no further than it is told (`head`
 * of busybox reads ahead); its report begins with `0+0` at the end of the output. A disk that is
 * full drops output (fault 12), counted in whole reads, and does not end the task.
 * Sources: POSIX, dd; busybox, coreutils/dd.c; stat(1) of GNU and busybox.
 */
export function keepLogScript({ readBytes, reads, ...limits }: KeepLimits): string {
  const turnBytes = readBytes * reads;
  return `
# Reads so often, and writes to a file what it has read.
turn() {
  told=$(dd bs=${readBytes} count="$2" 2>&1 >>"$1")
}

keep_log() {
  rm -f /kedge/output.pipe
  umask 022
  start=0 limit=${limits.headBytes - turnBytes} file=/kedge/output.log kept=
  while :; do
    lost=0
    if ! turn "$file" ${reads}; then
      # The read that could not be written, and the one after it.
      turn /dev/null 1
      lost=${2 * readBytes}
    fi
    case $told in 0+0*) return ;; esac
    size=$(stat -c %s "$file" || wc -c <"$file")
    [ "$lost" -gt 0 ] || [ "$size" -gt "$limit" ] || continue
    # The next file has its offset in its name, so that what is missing shows.
    if [ "$start" -gt 0 ]; then
      if [ "$size" -gt 0 ]; then kept="$kept $start"; else rm -f "$file"; fi
    fi
    set -- $kept
    if [ $# -gt ${limits.segments} ]; then
      rm -f "/kedge/output-$1.log"
      shift
      kept=$*
    fi
    start=$((start + size + lost))
    limit=${limits.segmentBytes - turnBytes} file=/kedge/output-$start.log
  done
}
`;
}
