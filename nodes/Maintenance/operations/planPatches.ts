import { readHosts } from '../../../core/common/hosts';
import { planPatches as plan } from '../../../core/maintenance/patches';
import type { Operation } from '../../shared/node/operations';
import { asItem } from '../items';

export const planPatches: Operation = {
	option: {
		name: 'Plan Patches',
		value: 'planPatches',
		action: 'Plan in which order hosts are patched',
		description:
			'From the rows of clawbot_hosts that come in: a task for each host, that of n8n last. Nothing leaves while there are none.',
	},
	outputs: ['Run'],
	execute(ctx) {
		const { good, problems } = readHosts(ctx.getInputData().map(({ json }) => json));
		if (good.length + problems.length === 0) return [[]];
		return [[asItem({ tasks: plan(good), results: [], problems })]];
	},
};
