import { splitReasoning } from '../../../protocol/model/reasoning';

/** Longer than any rule that every answer is searched with. */
const LONG_RULE = 320;

it('makes no long rule ready for an answer that it cannot find anything in', () => {
	const used = jest.spyOn(RegExp.prototype, 'exec');
	splitReasoning(
		'**Paris** is the [capital](https://example.com) of France: 巴黎是法国首都。',
		false,
	);
	const rules = used.mock.contexts.map(({ source }) => source);
	used.mockRestore();
	expect(rules.length).toBeGreaterThan(0);
	expect(rules.filter(({ length }) => length > LONG_RULE)).toEqual([]);
});

const THOUGHT = 'Internal notes about the person asking.';
const ANSWER = 'The answer is 4.';

/** What a model said, in every form in which reasoning stands before an answer. */
const FORMS: Array<[form: string, given: string]> = [
	['tags', `<think>\n${THOUGHT}\n</think>\n\n${ANSWER}`],
	['tags on one line', `<think>${THOUGHT}</think>${ANSWER}`],
	['tags with blanks on one line', `<think> ${THOUGHT} </think> ${ANSWER}`],
	['capitals', `<Think>${THOUGHT}</THINK>\n${ANSWER}`],
	['an attribute', `<think type="deep">${THOUGHT}</think>\n${ANSWER}`],
	['blanks within the tag', `<think >${THOUGHT}</ think >\n${ANSWER}`],
	['blank lines before', `\n\n  <think>\n${THOUGHT}\n</think>\n${ANSWER}`],
	['an invisible character before', `\ufeff\u200b<think>\n${THOUGHT}\n</think>\n${ANSWER}`],
	['Windows line ends', `<think>\r\n${THOUGHT}\r\n</think>\r\n\r\n${ANSWER}`],
	['thinking', `<thinking>${THOUGHT}</thinking>\n${ANSWER}`],
	['thought', `<thought>\n${THOUGHT}\n</thought>\n${ANSWER}`],
	['thoughts', `<thoughts>\n${THOUGHT}\n</thoughts>\n${ANSWER}`],
	['reasoning', `<reasoning>${THOUGHT}</reasoning>${ANSWER}`],
	['scratchpad', `<scratchpad>\n${THOUGHT}\n</scratchpad>\n${ANSWER}`],
	['antThinking', `<antThinking>${THOUGHT}</antThinking>\n${ANSWER}`],
	['a prefix', `<seed:think>${THOUGHT}</seed:think>${ANSWER}`],
	['a suffix', `<think_never_used_51bce0c7>${THOUGHT}</think_never_used_51bce0c7>${ANSWER}`],
	['Chinese', `<思考>${THOUGHT}</思考>\n${ANSWER}`],
	['an end by another name', `<think>${THOUGHT}</thinking>\n${ANSWER}`],
	['Kimi', `◁think▷${THOUGHT}◁/think▷${ANSWER}`],
	['Mistral', `[THINK]${THOUGHT}[/THINK]${ANSWER}`],
	['escaped', `&lt;think&gt;\n${THOUGHT}\n&lt;/think&gt;\n${ANSWER}`],
	['wide brackets', `＜think＞${THOUGHT}＜/think＞\n${ANSWER}`],
	[
		'special tokens',
		`<|begin_of_thought|>${THOUGHT}<|end_of_thought|>\n<|begin_of_solution|>${ANSWER}<|end_of_solution|>`,
	],
	[
		'Cohere',
		`<|START_THINKING|>${THOUGHT}<|END_THINKING|><|START_RESPONSE|>${ANSWER}<|END_RESPONSE|>`,
	],
	['thinking as a token', `<|thinking|>${THOUGHT}<|/thinking|>${ANSWER}`],
	['Gemma', `<|channel>thought\n${THOUGHT}<channel|>${ANSWER}<turn|>`],
	[
		'gpt-oss',
		`<|channel|>analysis<|message|>${THOUGHT}<|end|><|start|>assistant<|channel|>final<|message|>${ANSWER}<|return|>`,
	],
	[
		'gpt-oss from its start',
		`<|start|>assistant<|channel|>analysis<|message|>${THOUGHT}<|end|>\n<|start|>assistant<|channel|>final<|message|>${ANSWER}`,
	],
	['gpt-oss without its tokens', `analysis${THOUGHT}assistantfinal${ANSWER}`],
	['no opening', `${THOUGHT}\n</think>\n\n${ANSWER}`],
	['no opening, no line', `${THOUGHT}</think>${ANSWER}`],
	['no opening, a blank', `${THOUGHT} </think> ${ANSWER}`],
	['no opening, other name', `${THOUGHT}\n</thinking>\n${ANSWER}`],
	['no opening, Kimi', `${THOUGHT}◁/think▷${ANSWER}`],
	['a template before it', `<|im_start|>assistant\n<think>${THOUGHT}</think>${ANSWER}<|im_end|>`],
	['an answer tag', `<think>${THOUGHT}</think>\n<answer>\n${ANSWER}\n</answer>`],
	['an answer tag that never ends', `<think>${THOUGHT}</think><response>${ANSWER}`],
	['an empty end', `<think>\n${THOUGHT}\n</think>\n<think></think>\n${ANSWER}`],
	['reflection', `<reflection>\n${THOUGHT}\n</reflection>\n${ANSWER}`],
	['chain-of-thought', `<chain-of-thought>${THOUGHT}</chain-of-thought>${ANSWER}`],
	['deep_think', `<deep_think>${THOUGHT}</deep_think>${ANSWER}`],
	['inner_thoughts', `<inner_thoughts>${THOUGHT}</inner_thoughts>${ANSWER}`],
	['a number', `<think-1>${THOUGHT}</think-1>${ANSWER}`],
	['other Chinese names', `<深度思考>${THOUGHT}</深度思考><回答>${ANSWER}</回答>`],
	['words for both ends', `<think_start>${THOUGHT}<think_end>${ANSWER}`],
	['words before the name', `<begin_think>${THOUGHT}<end_think>${ANSWER}`],
	['tokens for both ends', `<|begin_of_thinking|>${THOUGHT}<|end_of_thinking|>${ANSWER}`],
	['tokens that end in words', `<|think_start|>${THOUGHT}<|think_end|>${ANSWER}`],
	['MedGemma', `<unused94>thought\n${THOUGHT}<unused95>${ANSWER}`],
	['s1', `<|im_start|>think\n${THOUGHT}<|im_end|><|im_start|>answer\n${ANSWER}<|im_end|>`],
	['other brackets', `[REASONING]\n${THOUGHT}\n[/REASONING]\n${ANSWER}`],
	['numbers for brackets', `&#60;think&#62;${THOUGHT}&#x3c;&#47;think&#x3E;${ANSWER}`],
	['escaped brackets', `\\<think\\>${THOUGHT}\\</think\\>${ANSWER}`],
	['bold tags', `**<think>**\n${THOUGHT}\n**</think>**\n\n${ANSWER}`],
	['tags as headings', `# <think>\n${THOUGHT}\n# </think>\n${ANSWER}`],
	['an end that is quoted', `> <think>\n${THOUGHT}\n> </think>\n\n${ANSWER}`],
	['Granite', `Here is my thought process:\n${THOUGHT}\nHere is my response:\n${ANSWER}`],
	[
		'Apriel',
		`Here are my reasoning steps:\n${THOUGHT}\n[BEGIN FINAL RESPONSE]\n${ANSWER}\n[END FINAL RESPONSE]`,
	],
	['HuatuoGPT', `## Thinking\n\n${THOUGHT}\n\n## Final Response\n\n${ANSWER}`],
	['a code block', `\`\`\`thinking\n${THOUGHT}\n\`\`\`\n\n${ANSWER}`],
	['what folds', `<details type="reasoning" done="true">\n${THOUGHT}\n</details>\n${ANSWER}`],
	[
		'what folds below words',
		`<details>\n<summary>Thought for 3 seconds</summary>\n${THOUGHT}\n</details>\n${ANSWER}`,
	],
	['lines between its channels', `analysis\n${THOUGHT}\nassistant\nfinal\n${ANSWER}`],
	['bold labels', `**Thinking:** ${THOUGHT}\n\n**Answer:** ${ANSWER}`],
	['bold labels on one line', `**Thinking:** ${THOUGHT} **Answer:** ${ANSWER}`],
	['bold labels without their colons', `**Reasoning**: ${THOUGHT}\n**Answer**: ${ANSWER}`],
	[
		'bold labels alone on their lines',
		`**Reasoning**\n\n${THOUGHT}\n\n**Final Answer**\n\n${ANSWER}`,
	],
	['bold labels with symbols', `**💭 Thinking:**\n${THOUGHT}\n\n---\n\n**✅ Answer:**\n${ANSWER}`],
	['labels in italics', `*Thinking:* ${THOUGHT}\n\n*Answer:* ${ANSWER}`],
	['traditional Chinese labels', `思維過程：\n${THOUGHT}\n\n最終答覆：\n${ANSWER}`],
	['English labels in brackets', `[Thinking] ${THOUGHT}\n[Answer] ${ANSWER}`],
	['Chinese labels with a blank between', `思考：${THOUGHT} 答案：${ANSWER}`],
	['labels in small letters', `thinking: ${THOUGHT}\nanswer: ${ANSWER}`],
	['bold labels in small letters', `**thinking:** ${THOUGHT}\n\n**final answer:** ${ANSWER}`],
	['bold Chinese labels in brackets', `**【思考】**\n${THOUGHT}\n\n**【回答】**\n${ANSWER}`],
	['Chinese tags in brackets', `[思考]\n${THOUGHT}\n[/思考]\n${ANSWER}`],
	['labels in HTML’s bold type', `<b>Thinking:</b> ${THOUGHT}\n<b>Answer:</b> ${ANSWER}`],
	['underlined headings', `Reasoning\n---\n${THOUGHT}\n\nAnswer\n---\n${ANSWER}`],
	['other Chinese labels', `内心独白：${THOUGHT}\n答：${ANSWER}`],
	['numbered labels', `1. **Thinking:** ${THOUGHT}\n2. **Answer:** ${ANSWER}`],
	['labels in a list', `- **Thinking:** ${THOUGHT}\n- **Answer:** ${ANSWER}`],
	['labels', `Thinking: ${THOUGHT}\nAnswer: ${ANSWER}`],
	['labels on one line', `Reasoning: ${THOUGHT} Answer: ${ANSWER}`],
	['labels of agents', `Thought: ${THOUGHT}\nFinal Answer: ${ANSWER}`],
	['Chinese labels', `思考：${THOUGHT}\n答案：${ANSWER}`],
	['Chinese labels on one line', `思考：${THOUGHT}答案：${ANSWER}`],
	['bold Chinese labels', `**思考过程：**\n${THOUGHT}\n\n**最终答案：**\n${ANSWER}`],
	['Chinese labels in brackets', `【思考】${THOUGHT}【回答】${ANSWER}`],
	['headings', `### Reasoning\n${THOUGHT}\n\n### Answer\n${ANSWER}`],
	['Chinese headings', `## 推理过程\n\n${THOUGHT}\n\n## 答案\n\n${ANSWER}`],
	[
		'headings with more in them',
		`# **🤔 Thought process:**\n${THOUGHT}\n# Final answer:\n${ANSWER}`,
	],
	['a heading, then a label', `### Thinking\n${THOUGHT}\n\n**Response:** ${ANSWER}`],
	['Ollama’s words', `Thinking...\n${THOUGHT}\n...done thinking.\n\n${ANSWER}`],
];

describe('Reasoning is taken out of an answer: with', () => {
	it.each(FORMS)('%s', (_, given) => {
		expect(splitReasoning(given, false)).toEqual({ reasoning: THOUGHT, text: ANSWER });
	});

	it('none in it', () => {
		const empty = [
			'<think>\n\n</think>\n\nHi',
			'<think></think>Hi',
			'<think/>Hi',
			'</think>\n\nHi',
		];
		for (const given of [...empty, '<think>\n</think>\n<answer>Hi</answer>']) {
			expect(splitReasoning(given, false)).toEqual({ reasoning: '', text: 'Hi' });
		}
	});

	it.each([
		['several pieces', '<think>a</think>\n<think>b</think>\nHi', 'a\n\nb'],
		['a piece in the middle', 'Hi\n<think>\na\n</think>\n', 'a'],
		['pieces in each other', '<think>a <think>b</think>\nc\n</think>\nHi', 'a <think>b\n\nc'],
		['an end too many', '<think>a</think>b</think>Hi', 'a\n\nb'],
		['an open code block', '<think>\n```js\nx\n</think>\nHi', '```js\nx'],
		[
			'a tag in code',
			'<think>A user asks for `</think>`.</think>Hi',
			'A user asks for `</think>`.',
		],
		['a tag in a sentence', '<think>The </think> tag it is.</think>Hi', 'The </think> tag it is.'],
		[
			'the tag as its subject',
			'It is about <think> tags.\n</think>\n\nHi',
			'It is about <think> tags.',
		],
	])('%s', (_, given, reasoning) => {
		expect(splitReasoning(given, false)).toEqual({ reasoning, text: 'Hi' });
	});

	it.each([
		[`Sure! <think>${THOUGHT}</think>${ANSWER}`, `Sure! ${ANSWER}`],
		[`好的。<think>${THOUGHT}</think>${ANSWER}`, `好的。${ANSWER}`],
		[`${THOUGHT}</think> yes, it is.`, 'yes, it is.'],
		[`<think>${THOUGHT}</think><answer>${ANSWER}</answer> Bye.`, `${ANSWER} Bye.`],
		[`First, <think>${THOUGHT}</think> ${ANSWER}`, `First, ${ANSWER}`],
		[`Hmm, <think>${THOUGHT}</think>${ANSWER}`, `Hmm, ${ANSWER}`],
		[`Hello Bob, <think>\n${THOUGHT}\n</think>\n${ANSWER}`, `Hello Bob, \n${ANSWER}`],
		[`首先，<think>${THOUGHT}</think>答案是 4。`, '首先，答案是 4。'],
		[`OK — <thinking>${THOUGHT}</thinking> ${ANSWER}`, `OK — ${ANSWER}`],
		[`Sure <think>${THOUGHT}</think> ${ANSWER}`, `Sure ${ANSWER}`],
		[`Answer: <think>${THOUGHT}</think> ${ANSWER}`, `Answer: ${ANSWER}`],
		[`1) <think>${THOUGHT}</think> ${ANSWER}`, `1) ${ANSWER}`],
		[`Okay, so <think>${THOUGHT}</think> ${ANSWER}`, `Okay, so ${ANSWER}`],
		[`Let me think, <think>${THOUGHT}</think> ${ANSWER}`, `Let me think, ${ANSWER}`],
		[`Let me see: <think>${THOUGHT}</think> ${ANSWER}`, `Let me see: ${ANSWER}`],
		[`让我想想：<think>${THOUGHT}</think>${ANSWER}`, `让我想想：${ANSWER}`],
		[`And then, <think>${THOUGHT}</think> ${ANSWER}`, `And then, ${ANSWER}`],
		[`First, <think>${THOUGHT}</think> the answer is 4.`, 'First, the answer is 4.'],
		[`First,<think>${THOUGHT}</think> it is 4.`, 'First, it is 4.'],
		[`用户你好，<think>${THOUGHT}</think>${ANSWER}`, `用户你好，${ANSWER}`],
		[`It is late. Well, <think>${THOUGHT}</think> ${ANSWER}`, `It is late. Well, ${ANSWER}`],
	])('words around it: %s', (given, text) => {
		expect(splitReasoning(given, false)).toEqual({ reasoning: THOUGHT, text });
	});

	it('a piece without an end of its sentence, before a Chinese label', () => {
		expect(splitReasoning('思考：问二加二 答案：四', false)).toEqual({
			reasoning: '问二加二',
			text: '四',
		});
	});

	it('a short piece behind the first words', () => {
		const given = 'First, <think>The user asks it.</think> Hi';
		expect(splitReasoning(given, false)).toEqual({
			reasoning: 'The user asks it.',
			text: 'First, Hi',
		});
	});

	it.each([
		[`<think>\n${THOUGHT}`],
		[`<think>${THOUGHT}`],
		[`<think> ${THOUGHT.toLowerCase()}`],
		[`◁think▷${THOUGHT}`],
		[`<|channel|>analysis<|message|>${THOUGHT}`],
		[`<|im_start|>assistant\n<think>\n${THOUGHT}\n\`\`\`js\ncode`],
		[`<think>${THOUGHT}</think>`],
		[`<think>${THOUGHT}</think>\n<answer></answer>`],
		[`<think>${THOUGHT}\n</thi`],
		[`analysis${THOUGHT}`],
		[`<|begin_of_thinking|>${THOUGHT}`],
		[`Here is my thought process:\n${THOUGHT}`],
		[`[THINKING]\n${THOUGHT}`],
		[`**Thinking:** ${THOUGHT}`],
		[`思考：${THOUGHT}`],
		[`### Reasoning\n${THOUGHT}`],
	])('nothing left where it was cut off: %s', (given) => {
		const { reasoning, text } = splitReasoning(given, true);
		expect(text).toBe('');
		expect(reasoning.toLowerCase()).toContain(THOUGHT.toLowerCase());
	});
});

describe('A tag that an answer talks about stays: in', () => {
	it.each([
		['In R1 the tag `<think>` opens reasoning and `</think>` closes it.'],
		['In R1 the tag <think> opens reasoning and </think> closes it.'],
		['<think> opens reasoning and </think> closes it.'],
		['`<think>` opens reasoning and `</think>` closes it.'],
		['The tag “<think>” begins it.\nThe tag “</think>” ends it.'],
		['It ends with </think>.'],
		['It ends with the tag </think>\n\nThen comes the answer.'],
		['</think> closes the reasoning.'],
		['<think> is a tag.'],
		['标签<think>表示开始，</think>表示结束。'],
		['```xml\n<think>\nnotes\n</think>\nanswer\n```'],
		['~~~\nnotes\n</think>\nanswer\n~~~\nSo it is.'],
		['The format is:\n<think>\nnotes\n</think>\nanswer'],
		['Use <think>your reasoning.</think>\nThen answer.'],
		['Write `` `<think>` `` in code.'],
		['The token <|im_end|> ends a turn, <|im_start|> begins it.'],
		['The token that ends a turn is `<|im_end|>`'],
		['I think </b> is HTML, <thinkpad> is none.'],
		['<s>struck</s> out, <s>twice</s>'],
		['An analysis by the assistant: final.'],
		['[thoughtful] <answer>x</answer>'],
		['1 < 2 and a <thought experiment'],
		['[Think](https://x.invalid) is a book.'],
		['[Reasoning]\nIt is so because it is.'],
		['Analysis\nThe assistant final is near.'],
		['<details>\n<summary>More</summary>\nI think so.\n</details>\nBye.'],
		['## Thinking\n\nIs good.'],
		['```think\nfoo'],
		['Tags:\n- <think>\n- </think>\nThat is all.'],
		['It has tags. <think> opens reasoning, </think> ends it.'],
		['The model writes its reasoning first, <think>like this</think>\nThen the answer.'],
		['First, <think>your reasoning</think>\nThen, <answer>your answer</answer>'],
		['First, <think>So it goes.</think> closes it.'],
		['In short, <think>the reasoning of it.</think> and then the answer.'],
		['For example, <think>notes about it</think> Answer'],
		['例如，<think>用户想知道</think>答案'],
		['First, <think>…</think>, then the answer.'],
		['First, `<think>x</think>` Answer'],
		['First, <think> is written, then </think> Ends it.'],
		['In HTML, <think>x</think> is unknown.'],
		['Format: <think>x</think> y'],
		['Write <think>x</think> Answer'],
		['**Thinking:** and **Answer:** are labels.'],
		['**Thinking:** is a label.\n**Answer:** is another.'],
		['Use these:\n**Thinking:** x\n**Answer:** y'],
		['> **Thinking:** x\n> **Answer:** y'],
		['```\nThinking: x\nAnswer: y\n```'],
		['思考：这道题怎么做？'],
		['思考：和答案：是标签。'],
		['思考：和 答案：都是标签。'],
		['[思考](https://x.invalid) 是一本书。'],
		['[思考]\n人为什么思考？'],
		['Answer\n---\nIt is 4.'],
		['“思考：内容。答案：内容”是格式。'],
		['### Reasoning\nIt is so because it is.'],
		['### Reasoning\nSee:\n```\n### Answer\n```\nBye.'],
		['### Reasoning\nIt is so.\n### Result\nIt is.'],
		['## Thinking about money\nx\n## Answer\ny'],
		['**Reasoning:** it is so.\n\n**Conclusion:** it is.'],
		['Reasoning: the book is called "Answer: Yes".'],
		['Thinking...\nis what some servers print.'],
	])('%s', (given) => {
		expect(splitReasoning(given, false)).toEqual({ reasoning: '', text: given });
	});
});

describe('A template’s tokens are taken off an answer:', () => {
	it.each([
		['Hi<|im_end|>'],
		['Hi\n<|im_end|>\n'],
		['<|im_start|>assistant\nHi <|im_end|>'],
		['<|start_header_id|>assistant<|end_header_id|>\n\nHi<|eot_id|>'],
		['<｜Assistant｜>Hi<｜end▁of▁sentence｜>'],
		['<s> Hi</s>'],
		['Hi</s>'],
		['[gMASK]<sop><|assistant|>\nHi<|user|>'],
		['<start_of_turn>model\nHi<end_of_turn>'],
		['Hi<|im_end|>\n<|im_start|>user\nNext?<|im_end|>'],
		['Hi<|im_end|>\n<|im_start|>assistant'],
		['<|begin_of_box|>Hi<|end_of_box|>'],
		['Hi[|endofturn|]'],
		['Hi<|endoftext|><|endoftext|>'],
	])('%j', (given) => {
		expect(splitReasoning(given, false)).toEqual({ reasoning: '', text: 'Hi' });
	});
});

describe('Time grows with the text alone:', () => {
	const size = 200_000;
	it.each([
		['openings', '<think>'],
		['openings on lines', '\n<think>'],
		['ends', '</think>'],
		['spoken pairs', '\n<think> a </think> b'],
		['half tags', '<think '],
		['brackets', '<'],
		['backticks', '` `` ``` '],
		['fences', '```\n~~~\n'],
		['blanks', ' '],
		['blanks and words', `${' '.repeat(50_000)}x`],
		['tokens', '<|im_end|>'],
		['channels', '<|channel|>analysis<|message|>'],
		['names of channels', 'analysis assistantcommentary'],
		['answers', '<think></think><answer></answer>'],
		['line ends', '\n'],
		['dressed tags', '\n> **<think>**'],
		['folds', '<details><summary>'],
		['last words', '[END FINAL RESPONSE] '],
		['labels', '**Thinking:** a. **Answer:** and '],
		['headings', '### Reasoning\n### Answer\nand '],
		['beginnings of sentences', 'First, <think>x</think>, '],
	])('%s', (_, piece) => {
		const text = piece.repeat(Math.ceil(size / piece.length));
		const began = performance.now();
		for (const given of [
			text,
			`<think>${text}`,
			`analysis${text}`,
			`<think></think>${text}`,
			`Thinking: ${text}`,
		]) {
			splitReasoning(given, false);
		}
		// A step for each pair of characters would take minutes.
		expect(performance.now() - began).toBeLessThan(20_000);
	});
});
