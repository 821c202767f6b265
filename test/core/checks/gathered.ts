import type { HostAnswer } from '../../../core/checks/hostAnswers';
import type { Gathered } from '../../../core/checks/security';
import type { Host } from '../../../core/common/hosts';

/* What a security check has gathered, for tests. */

export const NOW = Date.UTC(2027, 0, 1, 4);
export const DAY = 86_400_000;

// As ss prints them: Debian 12, iproute2 6.1.
export const SS = `udp   UNCONN 0      0            127.0.0.53%lo:53         0.0.0.0:*
udp   UNCONN 0      0                  0.0.0.0:68         0.0.0.0:*
tcp   LISTEN 0      128                0.0.0.0:22         0.0.0.0:*
tcp   LISTEN 0      511              127.0.0.1:5678       0.0.0.0:*
tcp   LISTEN 0      4096                     *:443              *:*
tcp   LISTEN 0      128                   [::]:22            [::]:*
tcp   LISTEN 0      128                  [::1]:631           [::]:*
tcp   LISTEN 0      511     [::ffff:127.0.0.1]:9229             *:*
tcp   LISTEN 0      4096               0.0.0.0:18789      0.0.0.0:*`;

export const lines = (text: string): string[] => text.split('\n').filter(Boolean);

export const OUTPUT = `## ports
${SS}
## files
644 n8n /home/n8n/.n8n/config
600 root /etc/ssh/ssh_host_ed25519_key
## packages
lists ${NOW / 1000 - 3600}
Inst openssl [3.0.15-1] (3.0.16-1 Debian-Security:12/stable-security [amd64])
Inst tzdata [2026a] (2026b Debian:12.9/stable [all])
## certificates
bot.example.com:443 notAfter=Jan 11 04:00:00 2027 GMT 0 (ok)
## end
`;

export const look = (fields: Partial<HostAnswer> = {}): HostAnswer => ({
	host: 'bot-1',
	check: 'security',
	run: '7',
	before: NOW - 5000,
	after: NOW,
	output: OUTPUT,
	error: '',
	...fields,
});

export const host = (name: string): Host => ({
	name,
	address: '192.0.2.1',
	port: 22,
	user: 'clawbot',
	role: '',
	order: 0,
});

export const AUDIT = {
	statusCode: 200,
	body: {
		'Instance Risk Report': {
			risk: 'instance',
			sections: [
				{
					title: 'Unprotected webhooks in instance',
					description: 'These webhook nodes have no authentication.',
					recommendation: 'Consider setting it.',
					location: [
						{ kind: 'node', workflowName: 'Shop', nodeName: 'Order' },
						{ kind: 'node', workflowName: 'Shop', nodeName: 'Refund' },
					],
				},
			],
		},
	},
};

export const gathered = (fields: Partial<Gathered> = {}): Gathered => ({
	hosts: { good: [host('bot-1')], problems: [] },
	looks: [look()],
	run: '7',
	audit: AUDIT,
	keys: [{ name: 'Feishu app secret', issuedAt: '2026-09-01', rotatesAfterDays: 90 }],
	settings: {
		ports: '80, 443, 22, udp/68',
		files: '/home/n8n/.n8n/config 600, /etc/ssh/ssh_host_ed25519_key 600',
		certificates: 'bot.example.com:443',
	},
	before: [],
	quarter: '2027-Q1',
	now: NOW,
	timezone: 'Asia/Shanghai',
	...fields,
});
