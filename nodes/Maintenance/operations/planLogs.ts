import { readHosts } from '../../../core/common/hosts';
import { planLogs as plan } from '../../../core/maintenance/logs';
import type { Operation } from '../../shared/node/operations';
import { asItem } from '../items';
import { hostsField, hostsIn } from '../hostsField';

export const planLogs: Operation = {
	option: {
		name: 'Plan Archives',
		value: 'planLogs',
		action: 'Plan which logs are archived',
		description:
			'From the rows of clawbot_logs that come in: a task for each log. Nothing leaves while there are none.',
	},
	outputs: ['Run'],
	properties: [hostsField],
	execute(ctx) {
		const hosts = readHosts(hostsIn(ctx));
		const rows = ctx.getInputData().map(({ json }) => json);
		const { good, problems } = plan(rows, hosts.good, Date.now());
		// A host that nobody archives anything on is somebody else's trouble.
		const all = good.length + problems.length > 0 ? [...hosts.problems, ...problems] : [];
		if (good.length + all.length === 0) return [[]];
		return [[asItem({ tasks: good, results: [], problems: all })]];
	},
};
