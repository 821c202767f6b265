/**
 * One measured value: what `collect-metrics` returns and the alert rules are held against.
 *
 * Metrics and their units: `cpuPercent` (0 to 100), `freeMemoryMb` (MiB that programs may still
 * take), `apiP99Ms`, `syntheticMs` (ms), `up` and `connectionUp` (1 or 0). Rules may name any other.
 */
export interface Sample {
	/** Who measured, for example the name of a row of `clawbot_metric_sources`. */
	source: string;
	metric: string;
	/** What was measured: a host, a service. Source, metric and target together name one series. */
	target: string;
	/** null where it could not be measured; `error` then says why. */
	value: number | null;
	/** When, ms since 1970. */
	at: number;
	/** How many requests or runs the value was made from; rules may ask for a minimum. */
	count?: number;
	/** Plain, without secrets. */
	error?: string;
	/** Set where a bug kept it from being measured; the log has its stack. */
	defect?: boolean;
}
