import { parseExposition, readNumber } from '../../../core/metrics/exposition';

const all = (): boolean => true;

it('reads the example of the format’s own documentation', () => {
	// prometheus.io/docs/instrumenting/exposition_formats, text format example
	const page = [
		'# HELP http_requests_total The total number of HTTP requests.',
		'# TYPE http_requests_total counter',
		'http_requests_total{method="post",code="200"} 1027 1395066363000',
		'http_requests_total{method="post",code="400"}    3 1395066363000',
		'',
		'# Escaping in label values:',
		'msdos_file_access_time_seconds{path="C:\\\\DIR\\\\FILE.TXT",error="Cannot find file:\\n\\"FILE.TXT\\""} 1.458255915e9',
		'',
		'# Minimalistic line:',
		'metric_without_timestamp_and_labels 12.47',
		'something_weird{problem="division by zero"} +Inf -3982045',
	].join('\n');
	expect(parseExposition(page, all)).toEqual([
		{ name: 'http_requests_total', labels: { method: 'post', code: '200' }, value: 1027 },
		{ name: 'http_requests_total', labels: { method: 'post', code: '400' }, value: 3 },
		{
			name: 'msdos_file_access_time_seconds',
			labels: { path: 'C:\\DIR\\FILE.TXT', error: 'Cannot find file:\n"FILE.TXT"' },
			value: 1.458255915e9,
		},
		{ name: 'metric_without_timestamp_and_labels', labels: {}, value: 12.47 },
		{ name: 'something_weird', labels: { problem: 'division by zero' }, value: Infinity },
	]);
});

it('reads a page as exporters write it, old format or new', () => {
	const page = [
		'# HELP node_cpu_seconds_total Seconds the CPUs spent in each mode.\\nSee "man proc" \\\\ man top',
		'# TYPE node_cpu_seconds_total counter',
		'node_cpu_seconds_total{cpu="0",mode="idle"} 1.23456789e+06',
		'node_cpu_seconds_total{cpu="0",mode="steal"} 0 1700000000000',
		'node_cpu_seconds_total {cpu="1", mode="idle" , } 7\t1700000000.123',
		'node_cpu_seconds_created{cpu="0",mode="idle"} 1.7e+09',
		'# TYPE node_uname_info gauge',
		'node_uname_info{release="6.1.0-18-amd64",version="#1 SMP {PREEMPT} \\"x\\", = 1"} 1',
		'node_textfile_scrape_error NaN',
		'node_hwmon_temp_crit_celsius{chip="platform_coretemp_0"} -Inf',
		'node_memory_MemAvailable_bytes 5.12e+08\r',
		'# TYPE latency_seconds histogram',
		'latency_seconds_bucket{le="0.1"} 8 # {trace_id="KOO5S4vxi0o",le="x"} 0.067 1700000000.5',
		'latency_seconds_bucket{le="+Inf"} 9 1700000000.123 # {} 9.8',
		'# EOF',
		'',
	].join('\n');
	const read = parseExposition(page, all).map(
		({ name, labels, value }) => `${name} ${Object.values(labels).join('|')} ${value}`,
	);
	expect(read).toEqual([
		'node_cpu_seconds_total 0|idle 1234567.89',
		'node_cpu_seconds_total 0|steal 0',
		'node_cpu_seconds_total 1|idle 7',
		'node_cpu_seconds_created 0|idle 1700000000',
		'node_uname_info 6.1.0-18-amd64|#1 SMP {PREEMPT} "x", = 1 1',
		'node_hwmon_temp_crit_celsius platform_coretemp_0 -Infinity',
		'node_memory_MemAvailable_bytes  512000000',
		'latency_seconds_bucket 0.1 8',
		'latency_seconds_bucket +Inf 9',
	]);
});

it.each([
	['a label value that is not closed', 'a{b="c} 1'],
	['braces that are not closed', 'a{b="c" 1'],
	['no value', 'a'],
	['a value that is none', 'a seven'],
	['NaN, which says nothing', 'a NaN'],
	['HTML', '<html><body>502 Bad Gateway</body></html>'],
])('passes over %s and reads on', (_, line) => {
	expect(parseExposition(`${line}\nok 1`, all)).toEqual([{ name: 'ok', labels: {}, value: 1 }]);
});

it('takes braces and commas in label values, and a comma before the end', () => {
	expect(parseExposition('a{path="/x,{y}",} 2', all)).toEqual([
		{ name: 'a', labels: { path: '/x,{y}' }, value: 2 },
	]);
	// OpenMetrics puts an exemplar behind the value.
	expect(parseExposition('a_bucket{le="1"} 2 # {trace_id="x"} 0.5', all)[0]!.value).toBe(2);
});

it('reads only the names that are wanted', () => {
	expect(parseExposition('a 1\nb 2', (name) => name === 'b')).toHaveLength(1);
});

it('knows both infinities', () => {
	expect([readNumber('+Inf'), readNumber('-Inf'), readNumber('1e3'), readNumber('')]).toEqual([
		Infinity,
		-Infinity,
		1000,
		undefined,
	]);
});
