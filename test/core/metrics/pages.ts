export const MINUTE = 60_000;

/** What a node exporter says of a host with two processors; times are of both together. */
export function hostPage({ idle = 0, busy = 0, available = 2_048_000_000 }): string {
	const modes = [
		['idle', idle],
		['user', busy],
	] as const;
	const lines = modes.flatMap(([mode, seconds]) =>
		[0, 1].map((cpu) => `node_cpu_seconds_total{cpu="${cpu}",mode="${mode}"} ${seconds / 2}`),
	);
	return [
		'# TYPE node_cpu_seconds_total counter',
		...lines,
		'# TYPE node_memory_MemAvailable_bytes gauge',
		`node_memory_MemAvailable_bytes ${available.toExponential()}`,
		'node_memory_MemFree_bytes 1',
		'',
	].join('\n');
}

/** n8n's histogram of webhook requests, with the bounds that n8n 2.41 has. */
export function n8nPage({
	counts = [0, 0, 0, 0, 0, 0, 0],
	path = 'clawbot-answer-dingtalk/webhook',
}: {
	counts?: number[];
	path?: string;
}): string {
	const name = 'n8n_webhook_request_duration_seconds';
	const labels = `method="POST",status_code="200",webhook_path="${path}",workflow_id="w"`;
	const bounds = ['0.003', '0.03', '0.1', '0.3', '1.5', '10', '+Inf'];
	return [
		`# TYPE ${name} histogram`,
		...bounds.map((le, index) => `${name}_bucket{le="${le}",${labels}} ${counts[index]}`),
		`${name}_count{${labels}} ${counts.at(-1)}`,
		'',
	].join('\n');
}

/** n8n's list of executions that ended at `now`, having taken these times. */
export function executions(now: number, times: number[]): string {
	const data = times.map((ms, id) => ({
		id,
		status: 'success',
		startedAt: new Date(now - ms).toISOString(),
		stoppedAt: new Date(now).toISOString(),
	}));
	return JSON.stringify({ data: [...data, { id: 0, status: 'running', startedAt: 'x' }] });
}
