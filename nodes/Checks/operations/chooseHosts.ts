import { readAllowed } from '../../../core/checks/allowed';
import { quoted } from '../../../core/maintenance/job';
import { readHosts } from '../../../core/common/hosts';
import type { Operation } from '../../shared/node/operations';
import { asItems, inputOf } from '../items';

export const chooseHosts: Operation = {
	option: {
		name: 'Choose Hosts',
		value: 'chooseHosts',
		action: 'Choose the hosts to look at',
		description:
			'One item for each usable row of clawbot_hosts that is switched on, for the workflow that looks at a host',
	},
	outputs: ['Hosts'],
	properties: [
		{
			displayName: 'Look For',
			name: 'lookFor',
			type: 'options',
			noDataExpression: true,
			options: [
				{ name: 'Clock', value: 'clock' },
				{ name: 'Security', value: 'security' },
			],
			default: 'clock',
		},
		{
			displayName: 'Files',
			name: 'files',
			type: 'string',
			default: '',
			placeholder: '/etc/ssh/sshd_config 644',
			description: 'Files that the hosts are asked for, each with the widest mode that is allowed',
			displayOptions: { show: { lookFor: ['security'] } },
		},
		{
			displayName: 'Certificates',
			name: 'certificates',
			type: 'string',
			default: '',
			placeholder: 'bot.example.com:443',
			description: 'Addresses whose certificates the hosts look at',
			displayOptions: { show: { lookFor: ['security'] } },
		},
	],
	execute(ctx) {
		const { good: hosts } = readHosts(inputOf(ctx));
		const check = ctx.getNodeParameter('lookFor', 0) as 'clock' | 'security';
		if (check === 'clock') return [asItems(hosts.map((host) => ({ ...host, check, run: '' })))];
		const { files, certificates } = readAllowed({
			files: ctx.getNodeParameter('files', 0) as string,
			certificates: ctx.getNodeParameter('certificates', 0) as string,
		});
		const asked = {
			check,
			run: ctx.getExecutionId(),
			// For a shell, which splits them again: nothing in them can become a command.
			files: files.map(({ path }) => quoted(path)).join(' '),
			certificates: certificates.map(quoted).join(' '),
		};
		return [asItems(hosts.map((host) => ({ ...host, ...asked })))];
	},
};
