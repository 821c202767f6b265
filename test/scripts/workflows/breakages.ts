import { to } from '../fixtures';
import type { Workflow } from '../../../scripts/workflows/workflows';

export const node = (workflow: Workflow, name: string) =>
	workflow.nodes.find((entry) => entry.name === name)!;
export const request = (workflow: Workflow) => node(workflow, 'Ask the service');
export const note = (workflow: Workflow) => node(workflow, 'About this workflow');

/** A good workflow broken in one way each, and the rule that must see it. */
export const breakages: Array<
	[rule: string, what: string, change: (workflow: Workflow) => void]
> = [
	[
		'unknown-node-type',
		'a node type that does not exist',
		(w) => {
			node(w, 'Drop the failure').type = 'n8n-nodes-base.noSuch';
		},
	],
	[
		'unknown-node-type',
		'a node type of a package that is not there',
		(w) => {
			node(w, 'Drop the failure').type = 'n8n-nodes-other.noOp';
		},
	],
	[
		'unknown-version',
		'a version that does not exist',
		(w) => {
			node(w, 'Drop the failure').typeVersion = 7;
		},
	],
	[
		'missing-id',
		'a node without id',
		(w) => {
			node(w, 'Drop the failure').id = '';
		},
	],
	[
		'missing-id',
		'a webhook without webhookId',
		(w) => {
			delete node(w, 'Receive a call').webhookId;
		},
	],
	[
		'unknown-parameter',
		'a parameter that does not exist',
		(w) => {
			request(w).parameters.methd = 'POST';
		},
	],
	[
		'unknown-parameter',
		'an option that does not exist',
		(w) => {
			request(w).parameters.options = { timeOut: 1 };
		},
	],
	[
		'unknown-parameter',
		'a field of a list that does not exist',
		(w) => {
			request(w).parameters.headerParameters = { parameters: [{ nam: 'x' }] };
		},
	],
	[
		'unknown-parameter',
		'a group of a list that does not exist',
		(w) => {
			request(w).parameters.headerParameters = { parameter: [] };
		},
	],
	[
		'hidden-parameter',
		'a parameter that does not apply',
		(w) => {
			request(w).parameters.sendHeaders = false;
		},
	],
	[
		'bad-option',
		'a value outside its list',
		(w) => {
			request(w).parameters.method = 'FETCH';
		},
	],
	[
		'bad-option',
		'a value of another type',
		(w) => {
			request(w).parameters.sendHeaders = 'yes';
			delete request(w).parameters.headerParameters;
		},
	],
	[
		'bad-option',
		'a mode that a locator does not have',
		(w) => {
			(node(w, 'Keep the answer').parameters.workflowId as { mode: string }).mode = 'magic';
		},
	],
	[
		'missing-parameter',
		'a required parameter left empty',
		(w) => {
			delete request(w).parameters.url;
		},
	],
	[
		'bad-reference',
		'$() of a node that is not there',
		(w) => {
			request(w).parameters.url = "={{ $('Gone').first().json.url }}";
		},
	],
	[
		'bad-reference',
		'$node of a node that is not there',
		(w) => {
			request(w).parameters.url = '={{ $node["Gone"].json.url }}';
		},
	],
	[
		'bad-connection',
		'a connection to a node that is not there',
		(w) => {
			w.connections['Drop the failure'] = { main: [to('Gone')] };
		},
	],
	[
		'bad-connection',
		'an output that the node does not have',
		(w) => {
			w.connections['Receive a call']!.main!.push(to('Drop the failure'));
		},
	],
	[
		'unwired-error-output',
		'an error output that leads nowhere',
		(w) => {
			w.connections['Ask the service']!.main!.pop();
		},
	],
	[
		'missing-workflow',
		'a sub-workflow that is not bundled',
		(w) => {
			node(w, 'Keep the answer').parameters.workflowId = {
				__rl: true,
				mode: 'list',
				value: 'elsewhere',
			};
		},
	],
	[
		'missing-workflow',
		'an error workflow that is not bundled',
		(w) => {
			w.settings.errorWorkflow = 'elsewhere';
		},
	],
	[
		'title-note',
		'no title note',
		(w) => {
			w.nodes.shift();
		},
	],
	[
		'title-note',
		'a note without a title',
		(w) => {
			note(w).parameters.content = 'What it does';
		},
	],
	[
		'title-note',
		'a third title note',
		(w) => {
			w.nodes.push({ ...note(w), id: 'x', name: 'Third', position: [1248, -320] });
		},
	],
	[
		'title-note',
		'the same language twice',
		(w) => {
			node(w, '关于本流程').parameters.content = '## Main\nWhat it does';
		},
	],
	[
		'title-place',
		'a title note below the beginning of the flow',
		(w) => {
			note(w).position = [1248, -160];
		},
	],
	[
		'title-place',
		'a title note where n8n lays its checklist',
		(w) => {
			note(w).position = [0, -320];
		},
	],
	[
		'default-name',
		'the name that n8n gives',
		(w) => rename(w, 'Drop the failure', 'No Operation, do nothing'),
	],
	[
		'default-name',
		'the name that n8n gives, with a number',
		(w) => rename(w, 'Ask the service', 'HTTP Request1'),
	],
	[
		'duplicate-name',
		'two nodes of one name',
		(w) => {
			w.nodes.push({ ...node(w, 'Drop the failure'), id: 'x', position: [800, 192] });
		},
	],
	[
		'off-grid',
		'a node off the grid',
		(w) => {
			node(w, 'Drop the failure').position = [450, 192];
		},
	],
	[
		'overlap',
		'a node on another',
		(w) => {
			node(w, 'Drop the failure').position = [448, 64];
		},
	],
	[
		'overlap',
		'a title note over the other',
		(w) => {
			note(w).position = [800, -320];
		},
	],
	[
		'direction',
		'a connection that leads left',
		(w) => {
			node(w, 'Drop the failure').position = [0, 192];
		},
	],
	[
		'too-large',
		'more nodes than fit one screen',
		(w) => {
			for (let count = 0; count < 15; count++) {
				w.nodes.push({
					...node(w, 'Drop the failure'),
					id: `n${count}`,
					name: `Step ${count}`,
					position: [count * 160, 480],
				});
			}
		},
	],
	[
		'pin-data',
		'pinned test data',
		(w) => {
			Object.assign(w, { pinData: { 'Receive a call': [{ json: {} }] } });
		},
	],
	[
		'instance-data',
		'data of one instance',
		(w) => {
			Object.assign(w, { meta: { instanceId: 'abc' } });
		},
	],
	[
		'instance-data',
		'the state of one instance',
		(w) => {
			Object.assign(w, { active: true });
		},
	],
	[
		'credential-id',
		'a credential by id',
		(w) => {
			useLogin(w, 'abc');
		},
	],
	[
		'unknown-credential',
		'a credential that the node does not take',
		(w) => {
			node(w, 'Drop the failure').credentials = { httpBasicAuth: { id: null, name: 'Login' } };
		},
	],
	[
		'secret',
		'a DingTalk robot secret',
		(w) => {
			header(w, `SEC${'0a'.repeat(32)}`);
		},
	],
	[
		'secret',
		'a WeCom robot address',
		(w) => {
			request(w).parameters.url =
				'https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=693a91f6-7xxx-4bc4-97a0-0ec2sifa5aaa';
		},
	],
	[
		'secret',
		'a Feishu robot address',
		(w) => {
			request(w).parameters.url = 'https://open.feishu.cn/open-apis/bot/v2/hook/0a0a0a0a-0a0a-0a0a';
		},
	],
	[
		'secret',
		'a DingTalk robot address',
		(w) => {
			request(w).parameters.url =
				'https://oapi.dingtalk.com/robot/send?access_token=0a0a0a0a0a0a0a0a0a';
		},
	],
	[
		'secret',
		'a model key',
		(w) => {
			header(w, 'sk-0123456789abcdefghijkl');
		},
	],
	[
		'secret',
		'an Authorization header',
		(w) => {
			header(w, 'Bearer 0123456789abcdefgh');
		},
	],
	[
		'secret',
		'a private key',
		(w) => {
			note(w).parameters.content = '## Key\n-----BEGIN RSA PRIVATE KEY-----';
		},
	],
];

export function rename(workflow: Workflow, from: string, name: string) {
	node(workflow, from).name = name;
	workflow.connections = JSON.parse(
		JSON.stringify(workflow.connections).replaceAll(from, name),
	) as Workflow['connections'];
}

function header(workflow: Workflow, value: string) {
	request(workflow).parameters.headerParameters = { parameters: [{ name: 'x-kind', value }] };
}

export function useLogin(workflow: Workflow, id: string | null) {
	Object.assign(request(workflow).parameters, {
		authentication: 'genericCredentialType',
		genericAuthType: 'httpBasicAuth',
	});
	request(workflow).credentials = { httpBasicAuth: { id, name: 'Login' } };
}
