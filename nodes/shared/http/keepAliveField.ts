import type { INodeProperties } from 'n8n-workflow';

/** The switch of a credential whose requests may keep their connections open (`clientFor`). */
export const keepAliveField: INodeProperties = {
	displayName: 'Keep-Alive',
	name: 'keepAlive',
	type: 'boolean',
	default: false,
	hint: 'Answers faster; where n8n goes out by a proxy, set NODE_USE_ENV_PROXY=1 first. 回复更快；n8n 经代理访问外网时，请先设置 NODE_USE_ENV_PROXY=1',
	description:
		'Whether requests share connections that stay open, instead of making a new one each. Off: n8n makes them, by its own proxy settings.',
};
