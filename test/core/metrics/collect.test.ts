import fc from 'fast-check';
import { defectOf } from '../../../core/common/defects';
import { collect, defectSample, measure } from '../../../core/metrics/collect';
import { quantile, since, sumBuckets } from '../../../core/metrics/histogram';
import { BadSource, readSource, readState, type MetricSource } from '../../../core/metrics/source';
import { MINUTE, executions, hostPage, n8nPage } from './pages';

const source = (fields: Partial<MetricSource> = {}): MetricSource => ({
	name: 'web-1',
	kind: 'nodeExporter',
	url: 'http://10.0.0.5:9100/metrics',
	state: '',
	...fields,
});

/** Reads pages one after the other, a minute apart, and gives what the last one says. */
function after(
	kind: MetricSource['kind'],
	pages: unknown[],
	apartMs = MINUTE,
): Record<string, unknown> {
	let state = '';
	let values = {};
	pages.forEach((page, index) => {
		const result = collect(source({ kind, state }), page, index * apartMs + 1);
		state = result.state;
		values = Object.fromEntries(result.samples.map(({ metric, value }) => [metric, value]));
	});
	return values;
}

describe('a host', () => {
	it('is as busy as its processors were not idle since the reading before', () => {
		// Two processors, 120 s of time between the readings, 12 s of it idle.
		const pages = [hostPage({ idle: 1000, busy: 500 }), hostPage({ idle: 1012, busy: 608 })];
		expect(after('nodeExporter', pages)).toEqual({ up: 1, cpuPercent: 90, freeMemoryMb: 1953.1 });
	});

	it('says at once how much memory is left, and only the second time how busy it is', () => {
		expect(after('nodeExporter', [hostPage({})])).toEqual({ up: 1, freeMemoryMb: 1953.1 });
	});

	it('takes the memory that programs can have, which is not what nothing uses', () => {
		const { freeMemoryMb } = after('nodeExporter', [hostPage({ available: 499 * 1024 * 1024 })]);
		expect(freeMemoryMb).toBe(499);
	});

	it('says nothing about the processors over a restart, and goes on afterwards', () => {
		const restart = hostPage({ idle: 5, busy: 1 });
		const long = hostPage({ idle: 1000, busy: 500 });
		expect(after('nodeExporter', [long, restart])).not.toHaveProperty('cpuPercent');
		const next = hostPage({ idle: 65, busy: 61 });
		expect(after('nodeExporter', [long, restart, next])).toMatchObject({ cpuPercent: 50 });
	});

	it('does not count time twice that belongs to virtual machines', () => {
		const pages = [
			`${hostPage({ idle: 0, busy: 0 })}node_cpu_seconds_total{cpu="0",mode="guest"} 0\n`,
			`${hostPage({ idle: 50, busy: 50 })}node_cpu_seconds_total{cpu="0",mode="guest"} 50\n`,
		];
		expect(after('nodeExporter', pages)).toMatchObject({ cpuPercent: 50 });
	});

	it('is not compared with what was read a moment or an hour ago', () => {
		const pages = [hostPage({ idle: 0 }), hostPage({ idle: 60 })];
		expect(after('nodeExporter', pages, 5_000)).not.toHaveProperty('cpuPercent');
		expect(after('nodeExporter', pages, 60 * MINUTE)).not.toHaveProperty('cpuPercent');
	});

	it('is believed nothing infinite', () => {
		const broken = hostPage({}).replace(/^(node_memory_MemAvailable_bytes) .*/m, '$1 +Inf');
		expect(() => collect(source(), broken, 1)).toThrow('MemAvailable');
		const pages = [hostPage({ idle: 0 }), hostPage({ idle: 60 })].map(
			(page) => `${page}node_cpu_seconds_total{cpu="9",mode="user"} +Inf\n`,
		);
		expect(after('nodeExporter', pages)).toMatchObject({ cpuPercent: 0 });
	});

	it('must be a node exporter', () => {
		expect(() => collect(source(), '<html>Login</html>', 1)).toThrow('node exporter');
		expect(() => collect(source(), { data: [] }, 1)).toThrow(BadSource);
	});
});

describe('n8n', () => {
	const seconds = (...counts: number[]): string => n8nPage({ counts });

	it('takes as long as 99 of 100 requests of the last minutes took', () => {
		// Bounds 0.003 0.03 0.1 0.3 1.5 10 +Inf: of 100 new ones, 97 took at most 0.1 s, all at most 0.3 s.
		const pages = [seconds(0, 0, 0, 0, 0, 0, 0), seconds(0, 50, 97, 100, 100, 100, 100)];
		const { apiP99Ms } = after('n8n', pages);
		// 97 below 0.1 s, 3 between 0.1 s and 0.3 s: the 99th is two thirds of the way.
		expect(apiP99Ms).toBe(233);
	});

	it('counts what was new in five minutes, not what has been since the start', () => {
		const old = seconds(0, 0, 0, 0, 900, 900, 900);
		const fast = seconds(100, 100, 100, 100, 1000, 1000, 1000);
		const [sample] = collect(
			source({ kind: 'n8n', state: collect(source({ kind: 'n8n' }), old, 1).state }),
			fast,
			MINUTE,
		).samples.filter(({ metric }) => metric === 'apiP99Ms');
		expect(sample).toMatchObject({ count: 100, value: 3 });
	});

	it('says that nobody waited where nobody asked', () => {
		const same = seconds(1, 1, 1, 1, 1, 1, 1);
		expect(after('n8n', [same, same])).toEqual({ up: 1, apiP99Ms: 0 });
	});

	it('begins anew when n8n did', () => {
		const long = seconds(0, 0, 0, 0, 0, 900, 900);
		const restarted = seconds(0, 5, 5, 5, 5, 5, 5);
		expect(after('n8n', [long, restarted])).toEqual({ up: 1 });
		const next = seconds(0, 15, 15, 15, 15, 15, 15);
		const { apiP99Ms } = after('n8n', [long, restarted, next]);
		expect(apiP99Ms).toBe(30);
	});

	it('says something sensible however often n8n began anew', () => {
		const bounds = [3, 30, 100, 300, 1500, 10_000, 60_000];
		// Per minute: whether n8n began anew, and how long each request took.
		const minute = fc.tuple(fc.boolean(), fc.array(fc.integer({ min: 1, max: 50_000 })));
		fc.assert(
			fc.property(fc.array(minute, { minLength: 2, maxLength: 12 }), (minutes) => {
				let counts = bounds.map(() => 0);
				let state = '';
				for (const [index, [restarted, times]] of minutes.entries()) {
					if (restarted) counts = bounds.map(() => 0);
					counts = counts.map((n, i) => n + times.filter((ms) => ms <= bounds[i]!).length);
					const read = collect(
						source({ kind: 'n8n', state }),
						seconds(...counts),
						index * MINUTE + 1,
					);
					state = read.state;
					const asked = minutes.slice(Math.max(0, index - 5), index + 1).flatMap(([, t]) => t);
					for (const { metric, value, count } of read.samples) {
						if (metric !== 'apiP99Ms') continue;
						expect(count).toBeLessThanOrEqual(asked.length);
						expect(value).toBeGreaterThanOrEqual(0);
						expect(value).toBeLessThanOrEqual(10_000);
					}
				}
			}),
		);
	});

	it('leaves out calls that wait for a model', () => {
		const slow = n8nPage({ counts: [0, 0, 0, 0, 0, 50, 50], path: 'clawbot/v1/questions' });
		expect(after('n8n', [slow, slow.replaceAll(' 50', ' 90')])).toMatchObject({ apiP99Ms: 0 });
	});

	it('says which setting is missing where there are no durations', () => {
		expect(() => collect(source({ kind: 'n8n' }), 'n8n_version_info 1', 1)).toThrow(
			'N8N_METRICS_INCLUDE_WEBHOOK_METRICS',
		);
		// Before the first request only the metric’s type is there.
		const quiet = '# TYPE n8n_webhook_request_duration_seconds histogram\n';
		expect(after('n8n', [quiet])).toEqual({ up: 1 });
	});
});

describe('executions', () => {
	const now = Date.parse('2026-11-22T10:00:00Z');
	const read = (page: unknown): unknown =>
		collect(source({ kind: 'executions' }), page, now).samples.find(
			({ metric }) => metric === 'answerP99Ms',
		);

	it('give the answer times of the last five minutes', () => {
		const times = Array.from({ length: 100 }, (_, index) => (index + 1) * 10);
		expect(read(executions(now, times))).toMatchObject({ value: 990, count: 100 });
		expect(read(executions(now - 6 * MINUTE, times))).toMatchObject({ value: 0, count: 0 });
	});

	it('must be n8n’s list', () => {
		expect(() => read('{"message":"not found"}')).toThrow('/api/v1/executions');
		expect(() => read('<html>')).toThrow(BadSource);
	});
});

describe('rows', () => {
	it.each([
		[{}, 'no name'],
		[{ name: 'a', kind: 'exporter', url: 'http://b' }, 'kind must be one of nodeExporter'],
		[{ name: 'a', kind: 'n8n', url: '10.0.0.5:9100' }, 'url must be a whole address'],
		[{ name: 'a', kind: 'n8n', url: 'file:///etc/passwd' }, 'url must be a whole address'],
		[null, 'no name'],
	])('that are wrong are named: %j', (row, words) => {
		expect(() => readSource(row)).toThrow(words);
	});

	it('become samples that say what is wrong, without passwords', () => {
		const url = 'http://prom:s3cret@10.0.0.5:9100/metrics';
		const failure = `connect ECONNREFUSED ${url}`;
		const { samples, state } = measure(source({ url }), { page: undefined, failure }, 7);
		expect(state).toBeUndefined();
		expect(samples).toEqual([
			{
				source: 'web-1',
				target: '10.0.0.5:9100',
				metric: 'up',
				value: 0,
				at: 7,
				error: expect.stringContaining('ECONNREFUSED'),
			},
		]);
		expect(JSON.stringify(samples)).not.toContain('s3cret');
		const nameless = measure({}, { page: '', failure: '' }, 7).samples;
		expect(nameless).toMatchObject([{ source: 'clawbot_metric_sources', value: 0 }]);
	});

	it('let a defect of ours through: it is no source that is down', () => {
		const page = {
			get data(): unknown {
				throw new TypeError('x is not a function');
			},
		};
		const row = { name: 'own n8n', kind: 'executions', url: 'http://n8n/api' };
		const asked = { page, failure: '' };
		expect(() => measure(row, asked, 7)).toThrow(TypeError);
		// A control: the same page of a row that is wrong is not looked at.
		expect(measure({ ...row, kind: 'x' }, asked, 7).samples).toMatchObject([{ value: 0 }]);
		expect(defectSample(row, defectOf('source', new TypeError('x')), 7)).toEqual({
			source: 'own n8n',
			target: 'own n8n',
			metric: 'up',
			value: null,
			at: 7,
			error: 'TypeError: x',
			defect: true,
		});
	});

	it('forget a state that somebody spoilt', () => {
		for (const state of ['{', '"x"', '[null,1,{"at":"y"}]', '{}']) {
			expect(readState(state)).toEqual([]);
			expect(after('nodeExporter', [hostPage({})])).toMatchObject({ up: 1 });
		}
	});

	it('keep no more of the past than is needed', () => {
		let state = '';
		for (let minute = 0; minute < 200; minute++) {
			({ state } = collect(source({ kind: 'n8n', state }), n8nPage({}), minute * 30_000 + 1));
		}
		expect(readState(state).length).toBeLessThanOrEqual(12);
	});
});

describe('quantiles', () => {
	const bounds = [1, 2, 4, 8, 16, Infinity];
	const series = (values: number[]) =>
		bounds.map((le) => ({
			name: 'x_bucket',
			labels: { le: le === Infinity ? '+Inf' : String(le) },
			value: values.filter((value) => value <= le).length,
		}));

	it('lie in the bucket that holds the exact one', () => {
		const sets = fc.array(fc.double({ min: 0.001, max: 15, noNaN: true }), { minLength: 1 });
		fc.assert(
			fc.property(sets, fc.double({ min: 0.01, max: 1, noNaN: true }), (values, q) => {
				const exact = [...values].sort((a, b) => a - b)[Math.ceil(q * values.length) - 1]!;
				const upper = bounds.find((bound) => exact <= bound)!;
				const lower = bounds[bounds.indexOf(upper) - 1] ?? 0;
				const estimate = quantile(q, sumBuckets(series(values)))!;
				expect(estimate).toBeGreaterThanOrEqual(lower);
				expect(estimate).toBeLessThanOrEqual(upper);
			}),
		);
	});

	it('are the largest known bound above it, and nothing where nothing was', () => {
		expect(quantile(0.99, sumBuckets(series([100, 200])))).toBe(16);
		expect(quantile(0.99, sumBuckets(series([])))).toBeUndefined();
		expect(quantile(0.99, [])).toBeUndefined();
	});

	it('add up the label sets', () => {
		const both = [...series([1, 1]), ...series([8])];
		expect(sumBuckets(both).at(-1)).toEqual([Infinity, 3]);
		expect(since(sumBuckets(series([1])), sumBuckets(both)).at(-1)).toEqual([Infinity, 2]);
	});
});
