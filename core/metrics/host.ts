import type { Series } from './exposition';
import type { CounterReading } from './source';

const MIB = 1024 * 1024;

export const HOST_METRICS: readonly string[] = [
	'node_cpu_seconds_total',
	'node_memory_MemAvailable_bytes',
];

/** Linux counts guests' time in `user` and `nice` as well. */
const COUNTED_TWICE = ['guest', 'guest_nice'];

/** Seconds since the host started; undefined where the page has none. */
export function cpuSeconds(
	series: readonly Series[],
): Required<Pick<CounterReading, 'cpuIdle' | 'cpuTotal'>> | undefined {
	const modes = series.filter(
		({ name, labels }) =>
			name === 'node_cpu_seconds_total' && !COUNTED_TWICE.includes(labels.mode ?? ''),
	);
	if (modes.length === 0) return undefined;
	const sum = (list: readonly Series[]): number =>
		list.reduce((total, { value }) => total + value, 0);
	return {
		cpuIdle: sum(modes.filter(({ labels }) => labels.mode === 'idle')),
		cpuTotal: sum(modes),
	};
}

/**
 * Memory that programs may still take, in MiB. `MemAvailable`, not `MemFree`: Linux fills free memory
 * with files that it gives back when asked.
 */
export function freeMemoryMb(series: readonly Series[]): number | undefined {
	const found = series.find(({ name }) => name === 'node_memory_MemAvailable_bytes');
	return found && round(found.value / MIB);
}

/** How busy the processors were between two readings; undefined where the counters began anew. */
export function cpuPercent(before: CounterReading, now: CounterReading): number | undefined {
	if (before.cpuTotal === undefined || before.cpuIdle === undefined) return undefined;
	const total = (now.cpuTotal ?? 0) - before.cpuTotal;
	const idle = (now.cpuIdle ?? 0) - before.cpuIdle;
	if (total <= 0 || idle < 0) return undefined;
	return round(100 * (1 - Math.min(1, idle / total)));
}

/** One decimal: more would pretend. */
export const round = (value: number): number => Math.round(value * 10) / 10;
