import { asFields, asText, parseJson } from '../../protocol/fields';

/** What stands at a source's address. */
export const KINDS = ['nodeExporter', 'n8n', 'executions'] as const;

export type SourceKind = (typeof KINDS)[number];

/** A row of `clawbot_metric_sources`. */
export interface MetricSource {
	name: string;
	kind: SourceKind;
	url: string;
	/** What earlier readings left behind, as `Reading[]` in JSON. */
	state: string;
}

/** The counters of one moment: rates and quantiles need two of them. */
export interface CounterReading {
	/** ms since 1970 */
	at: number;
	/** Seconds, summed over the processors. */
	cpuIdle?: number;
	cpuTotal?: number;
	/** `le` is null for infinity, which JSON does not have. */
	buckets?: Array<[le: number | null, count: number]>;
}

/** A source that cannot be read, in words for whoever filled in its row. */
export class BadSource extends Error {}

/** @throws BadSource that names the field */
export function readSource(row: unknown): MetricSource {
	const fields = asFields(row);
	const name = asText(fields.name).trim();
	if (name === '') throw new BadSource('A row of clawbot_metric_sources has no name');
	const kind = KINDS.find((each) => each === asText(fields.kind).trim());
	if (!kind) throw new BadSource(`"${name}": kind must be one of ${KINDS.join(', ')}`);
	const url = asText(fields.url).trim();
	if (!/^https?:\/\//i.test(url) || !URL.canParse(url)) {
		throw new BadSource(`"${name}": url must be a whole address like http://10.0.0.5:9100/metrics`);
	}
	return { name, kind, url, state: asText(fields.state) };
}

/** The readings that were kept; none where the text is not what was written. */
export function readState(state: string): CounterReading[] {
	const readings = parseJson(state);
	if (!Array.isArray(readings)) return [];
	return readings.filter((reading): reading is CounterReading =>
		Number.isFinite(asFields(reading).at),
	);
}
