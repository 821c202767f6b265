import { dayOf, quarterIn } from '../../../core/common/time';
import { readAllowed } from '../../../core/checks/allowed';
import { readHosts } from '../../../core/common/hosts';
import { readHostAnswers } from '../../../core/checks/hostAnswers';
import { checkSecurity } from '../../../core/checks/security';
import { reportNotifications } from '../../../core/checks/securityWords';
import { asFields, asText } from '../../../protocol/fields';
import type { Operation } from '../../shared/node/operations';
import { asItems, inputOf, listField, listIn } from '../items';

const MONTH_MS = 30 * 86_400_000;

export const reportSecurity: Operation = {
	option: {
		name: 'Report Security',
		value: 'reportSecurity',
		action: 'Report on security',
		description:
			'Gets the findings of the last check. Gives two notifications, the report and the ticket for the penetration test; and the findings to save.',
	},
	outputs: ['Notifications', 'Findings'],
	properties: [
		listField({
			displayName: 'What Is Allowed',
			name: 'allowed',
			description: 'One item with the fields ports, files, certificates, owner',
			node: 'What is allowed',
		}),
		listField({
			displayName: 'Hosts',
			name: 'hosts',
			description: 'Rows of clawbot_hosts',
			node: 'Read the hosts',
		}),
		listField({
			displayName: 'Looks',
			name: 'looks',
			description: 'What the hosts answered',
			node: 'Read what the hosts said',
		}),
		listField({
			displayName: 'Audit',
			name: 'audit',
			description: 'One item: the answer of n8n to POST /api/v1/audit, with its status',
			node: 'Ask n8n for its own audit',
		}),
		listField({
			displayName: 'Keys',
			name: 'keys',
			description: 'Rows of clawbot_keys',
			node: 'Read the ages of keys',
		}),
	],
	execute(ctx) {
		const now = Date.now();
		const timezone = ctx.getTimezone();
		const run = ctx.getExecutionId();
		const allowed = asFields(listIn(ctx, 'allowed')[0]);
		const settings = {
			ports: asText(allowed.ports),
			files: asText(allowed.files),
			certificates: asText(allowed.certificates),
		};
		const hosts = readHosts(listIn(ctx, 'hosts'));
		const quarter = quarterIn(now, timezone);
		const report = checkSecurity({
			hosts,
			looks: readHostAnswers(listIn(ctx, 'looks')),
			run,
			audit: listIn(ctx, 'audit')[0],
			keys: listIn(ctx, 'keys'),
			settings,
			before: inputOf(ctx),
			quarter,
			now,
			timezone,
		});
		const notifications = reportNotifications(report, {
			run,
			date: dayOf(now, timezone),
			quarter,
			dueDate: dayOf(now + MONTH_MS, timezone),
			owner: asText(allowed.owner),
			scope: [
				...readAllowed(settings).certificates,
				...hosts.good.map(({ name, address }) => `${name} (${address})`),
			],
		});
		return [asItems(notifications), asItems(report.compared.map(({ row }) => row))];
	},
};
