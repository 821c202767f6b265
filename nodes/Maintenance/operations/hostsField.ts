import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';

/** The field that takes the table of hosts. */
export function hostsField(operation: string): INodeProperties {
	return {
		displayName: 'Hosts',
		name: 'hosts',
		type: 'json',
		required: true,
		default: '',
		placeholder: "{{ $('Read the hosts').all().map((row) => row.json) }}",
		description: 'The rows of clawbot_hosts',
		displayOptions: { show: { operation: [operation] } },
	};
}

export function hostsIn(ctx: IExecuteFunctions): unknown[] {
	const given: unknown = ctx.getNodeParameter('hosts', 0);
	return Array.isArray(given) ? given : [];
}
