import type { Sample } from '../common/sample';
import { expected, type Defect } from '../common/defects';
import { asFields, asText, parseJson } from '../../protocol/fields';
import { parseExposition, type Series } from './exposition';
import { quantile, since, sumBuckets, totalOf, type Buckets } from './histogram';
import { HOST_METRICS, cpuPercent, cpuSeconds, freeMemoryMb } from './host';
import { BadSource, readSource, readState, type CounterReading, type MetricSource } from './source';

/** Quantiles are taken over this time: of one minute's few requests they would jump. */
const WINDOW_MS = 5 * 60_000;
/** Closer readings say little about a rate, and an alert that is asked for twice must not see it jump. */
const SHORTEST_MS = 20_000;
const MAX_READINGS = 12;

export interface Collected {
	samples: Sample[];
	/** For the row's column `state`. */
	state: string;
}

/**
 * What one source says now.
 * @param page the text at its address
 * @param now ms since 1970
 * @throws BadSource where the page is not what the row says that it is
 */
export function collect(source: MetricSource, page: unknown, now: number): Collected {
	const before = readState(source.state).filter(({ at }) => at < now && at >= now - WINDOW_MS);
	const { values, reading } = readers[source.kind](page, before, now);
	const target = targetOf(source);
	const up: Value = { metric: 'up', value: 1 };
	return {
		samples: [up, ...values].map((value) => ({ source: source.name, target, at: now, ...value })),
		state: JSON.stringify(reading ? [...before, reading].slice(-MAX_READINGS) : []),
	};
}

/** What came of asking a source. */
export interface FetchedPage {
	/** The text at its address. */
	page: unknown;
	/** Why there is none; empty where there is. */
	failure: string;
}

/**
 * The samples of a row of `clawbot_metric_sources`. A row that is wrong and a source that does not
 * answer become samples too, so that somebody notices; their state stays as it was.
 * @throws any error but BadSource: a defect, see `defectSample`
 */
export function measure(
	row: unknown,
	{ page, failure }: FetchedPage,
	now: number,
): Pick<Collected, 'samples'> & Partial<Collected> {
	let source: MetricSource | undefined;
	try {
		source = readSource(row);
		if (failure) throw new BadSource(failure);
		return collect(source, page, now);
	} catch (error) {
		const { message } = expected(error, BadSource);
		const name = nameOf(row);
		const target = source ? targetOf(source) : name;
		const down = { metric: 'up', value: 0, at: now, error: clean(message) };
		return { samples: [{ source: name, target, ...down }] };
	}
}

/** In place of the samples of a row that a defect kept from being measured: its source may well be up. */
export function defectSample(row: unknown, { message }: Defect, now: number): Sample {
	const unknown = { metric: 'up', value: null, at: now, error: clean(message), defect: true };
	return { source: nameOf(row), target: nameOf(row), ...unknown };
}

/** What a row is called, whatever is wrong with it. */
export const nameOf = (row: unknown): string =>
	asText(asFields(row).name).trim() || 'clawbot_metric_sources';

type Value = Pick<Sample, 'metric' | 'value' | 'count'>;

interface Read {
	values: Value[];
	/** What the next time needs. */
	reading?: CounterReading;
}

type Reader = (page: unknown, before: CounterReading[], now: number) => Read;

const readers: Readonly<Record<MetricSource['kind'], Reader>> = {
	nodeExporter(page, before, now) {
		const series = seriesOf(asText(page), (name) => HOST_METRICS.includes(name));
		const cpu = cpuSeconds(series);
		const free = freeMemoryMb(series);
		if (!cpu || free === undefined) {
			throw new BadSource(
				'The page has no node_cpu_seconds_total or no node_memory_MemAvailable_bytes: is it the address of a node exporter on Linux?',
			);
		}
		const reading: CounterReading = { at: now, ...cpu };
		const last = before.filter(({ at }) => now - at >= SHORTEST_MS).at(-1);
		const busy = last && cpuPercent(last, reading);
		return {
			values: [
				...(busy === undefined ? [] : [{ metric: 'cpuPercent', value: busy }]),
				{ metric: 'freeMemoryMb', value: free },
			],
			reading,
		};
	},

	n8n(page, before, now) {
		const text = asText(page);
		if (!/_request_duration_seconds\b/.test(text)) {
			throw new BadSource(
				'The page has no request durations: start n8n with N8N_METRICS=true and N8N_METRICS_INCLUDE_WEBHOOK_METRICS=true',
			);
		}
		const series = seriesOf(text, isLatency);
		// What a person waits for in the editor is nothing that a platform or another system waits for.
		const webhooks = series.filter(({ name }) => name.includes('webhook'));
		const requests = (webhooks.length > 0 ? webhooks : series).filter(
			({ labels }) => !asks(labels),
		);
		const buckets = sumBuckets(requests);
		const past = oldestOfRun(before, buckets);
		const observed = past && since(past, buckets);
		const p99 = observed && quantile(0.99, observed);
		return {
			values: observed
				? [
						{
							metric: 'apiP99Ms',
							// Where nobody asked nobody waited: that ends an alert, which "not measured" would not.
							value: Math.round((p99 ?? 0) * 1000),
							count: totalOf(observed),
						},
					]
				: [],
			reading: { at: now, buckets: buckets.map(([le, n]) => [le === Infinity ? null : le, n]) },
		};
	},

	executions(page, _before, now) {
		const { data } = asFields(typeof page === 'string' ? parseJson(page) : page);
		if (!Array.isArray(data)) {
			throw new BadSource(
				'The answer is not n8n’s list of executions: the address ends with /api/v1/executions?workflowId=…',
			);
		}
		const times = data.flatMap((execution) => durationOf(asFields(execution), now)).sort(ascending);
		const p99 = times[Math.ceil(times.length * 0.99) - 1];
		return { values: [{ metric: 'answerP99Ms', value: p99 ?? 0, count: times.length }] };
	},
};

const isLatency = (name: string): boolean =>
	/(^|_)(webhook|http)_request_duration_seconds_bucket$/.test(name);

/** A call that waits for a large model is no measure of the API's own speed. */
const asks = ({ webhook_path: path = '' }: Readonly<Record<string, string>>): boolean =>
	/(^|\/)questions$/.test(path);

/** The oldest reading since n8n started last; undefined where there is none yet. */
function oldestOfRun(before: CounterReading[], now: Buckets): Buckets | undefined {
	let oldest: Buckets | undefined;
	let later = now;
	for (const { buckets } of [...before].reverse()) {
		if (!buckets) break;
		const earlier = buckets.map(([le, count]) => [le ?? Infinity, count] as const);
		if (totalOf(earlier) > totalOf(later)) break;
		oldest = later = earlier;
	}
	return oldest;
}

function durationOf(
	{ startedAt, stoppedAt, status }: Record<string, unknown>,
	now: number,
): number[] {
	const stopped = Date.parse(asText(stoppedAt));
	const started = Date.parse(asText(startedAt));
	const counts = status === 'success' && stopped >= started && stopped >= now - WINDOW_MS;
	return counts ? [stopped - started] : [];
}

const ascending = (a: number, b: number): number => a - b;

/** What counts is never infinite; a broken exporter may say so. */
const seriesOf = (text: string, wanted: (name: string) => boolean): Series[] =>
	parseExposition(text, wanted).filter(({ value }) => Number.isFinite(value));

function targetOf({ name, url }: MetricSource): string {
	return URL.canParse(url) ? new URL(url).host : name;
}

const MAX_ERROR_LENGTH = 300;

/** An address may hold a password. */
const clean = (error: string): string =>
	error.replace(/\/\/[^\s/@]+@/g, '//***@').slice(0, MAX_ERROR_LENGTH);
