import { startBot, until, type BotAnswer } from '../sandbox/helpers';

interface Question {
	text: string;
	/** Lets the model answer, or fail with an HTTP status. */
	end: (status?: number) => void;
}

/** A model that answers when the test lets it; it knows nothing of the test before. */
export function useModelByHand() {
	let server: Awaited<ReturnType<typeof startBot>>;
	const model = {
		/** What it has been asked, in order. */
		questions: [] as Question[],
		/** Answers by itself from now on. */
		atOnce: false,
		credential: () => ({ provider: 'custom', baseUrl: server.origin, apiKey: 'key' }),
		/** Waits for so many questions. @returns the last of them */
		asked: async (count: number): Promise<Question> =>
			await until(() => model.questions[count - 1]),
		texts: (): string[] => model.questions.map(({ text }) => text),
	};
	beforeAll(async () => {
		server = await startBot(async ({ body }) => {
			const text = String(JSON.parse(body).messages.at(-1).content);
			return await new Promise<BotAnswer>((resolve) => {
				const message = { content: `Answer to: ${text}` };
				const answer = JSON.stringify({ choices: [{ message, finish_reason: 'stop' }] });
				const end = (status = 200) => resolve({ status, body: status === 200 ? answer : '{}' });
				model.questions.push({ text, end });
				if (model.atOnce) end();
			});
		});
	});
	afterAll(async () => await server.close());
	beforeEach(() => {
		model.questions = [];
		model.atOnce = false;
	});
	return model;
}
