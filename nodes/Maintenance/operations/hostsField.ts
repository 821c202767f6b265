import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import { inputField } from '../../shared/node/operations';

/** The field that takes the table of hosts. */
export function hostsField(operation: string): INodeProperties {
	return inputField(operation, {
		displayName: 'Hosts',
		name: 'hosts',
		placeholder: "{{ $('Read the hosts').all().map((row) => row.json) }}",
		description: 'The rows of clawbot_hosts',
	});
}

export function hostsIn(ctx: IExecuteFunctions): unknown[] {
	const given: unknown = ctx.getNodeParameter('hosts', 0);
	return Array.isArray(given) ? given : [];
}
