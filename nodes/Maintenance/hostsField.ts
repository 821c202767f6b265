import type { IExecuteFunctions } from 'n8n-workflow';
import { inputField } from '../shared/node/fields';

/** The field that takes the table of hosts. */
export const hostsField = inputField({
	displayName: 'Hosts',
	name: 'hosts',
	placeholder: "{{ $('Read the hosts').all().map((row) => row.json) }}",
	description: 'The rows of clawbot_hosts',
});

export function hostsIn(ctx: IExecuteFunctions): unknown[] {
	const given: unknown = ctx.getNodeParameter('hosts', 0);
	return Array.isArray(given) ? given : [];
}
