import { connectionSamples } from '../../../core/metrics/connections';
import type { Operation } from '../../shared/node/operations';
import { connectionStates } from '../../shared/receive/connection/connections';
import { sampleItems } from '../items';

export const connections: Operation = {
	option: {
		name: 'Judge Connections',
		value: 'connections',
		action: 'Judge long connections',
		description:
			'Whether the long connections (Stream 长连接) of this n8n process are up. In queue mode a worker has none: the main process, which has them, runs no workflow.',
	},
	outputs: ['Samples'],
	execute() {
		const now = Date.now();
		const samples = connectionStates().flatMap((state) => connectionSamples(state, now));
		return [sampleItems(samples, 0)];
	},
};
