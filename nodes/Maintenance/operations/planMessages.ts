import { randomBytes } from 'node:crypto';
import { readHosts } from '../../../core/common/hosts';
import { planMessages as plan } from '../../../core/maintenance/messages';
import type { Operation } from '../../shared/node/operations';
import { asItem } from '../items';
import { hostsField, hostsIn } from '../hostsField';

export const planMessages: Operation = {
	option: {
		name: 'Plan Archive of Messages',
		value: 'planMessages',
		action: 'Plan the archive of messages',
		description:
			'From the rows of clawbot_logs that come in, those with the path "messages": the archive of last week. Nothing leaves while there are none.',
	},
	outputs: ['Archive', 'Problems'],
	properties: [hostsField],
	execute(ctx) {
		const rows = ctx.getInputData().map(({ json }) => json);
		const hosts = readHosts(hostsIn(ctx)).good;
		const { good, problems } = plan(
			rows,
			hosts,
			Date.now(),
			ctx.getTimezone(),
			randomBytes(8).toString('hex'),
		);
		// A row that is wrong has nobody else to tell of it.
		const alone = good.length === 0 && problems.length > 0;
		return [
			good.slice(0, 1).map(asItem),
			alone ? [asItem({ tasks: [], results: [], problems })] : [],
		];
	},
};
