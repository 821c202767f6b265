import type { INode } from 'n8n-workflow';
import { compileRule } from '../../../nodes/BotRouter/rules';

const node = { name: 'Bot Router' } as INode;

it.each(['\u200b', '\ufeff', '\u2060', '\u00ad'])('A rule finds its words through %j', (hidden) => {
	const command = compileRule({ textIs: 'command', commands: 'help', outputName: 'Help' }, node);
	expect(command({ text: `/${hidden}he${hidden}lp me` })).toEqual({
		command: { name: '/help', arguments: 'me' },
	});
	const keyword = compileRule({ textIs: 'keyword', keywords: 'invoice', outputName: 'X' }, node);
	expect(keyword({ text: `an in${hidden}voice` })).toEqual({});
	expect(keyword({ text: 'an in voice' })).toBeUndefined();
});
