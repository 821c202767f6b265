import { heartbeatSamples, readHeartbeat } from '../../../core/metrics/heartbeats';
import type { Operation } from '../../shared/node/operations';
import { sampleItems } from '../items';

export const heartbeats: Operation = {
	option: {
		name: 'Judge Heartbeats',
		value: 'heartbeats',
		action: 'Judge heartbeats',
		description: 'Whether the bot answers its synthetic messages, and how fast',
	},
	outputs: ['Samples'],
	execute(ctx) {
		const now = Date.now();
		const samples = ctx
			.getInputData()
			.flatMap(({ json }, index) => sampleItems(heartbeatSamples(readHeartbeat(json), now), index));
		return [samples];
	},
};
