import * as z from 'zod';

/** One message of a client: what the site reads of each kind it knows. */
export const ClientMessage = z.looseObject({
  session_id: z.optional(z.string()),
  event: z.looseObject({ type: z.string(), event_id: z.optional(z.string()) }),
});

export const SessionCreate = z.looseObject({
  session: z.looseObject({
    model: z.string(),
    x_grok: z.looseObject({
      use_chunk: z.optional(z.boolean()),
      conversation_id: z.optional(z.string()),
      load_existing: z.optional(z.boolean()),
    }),
  }),
});

const FileMention = z.looseObject({
  mention: z.looseObject({
    target: z.union([
      z.looseObject({ file_mention: z.looseObject({ file_id: z.string() }) }),
      z.looseObject({ fileMention: z.looseObject({ fileId: z.string() }) }),
    ]),
  }),
});
const TextChunk = z.looseObject({ text: z.looseObject({ text: z.string() }) });

export const ItemCreate = z.looseObject({
  parent_response_id: z.optional(z.string().min(1)),
  file_attachment_ids: z.optional(z.array(z.string())),
  item: z.looseObject({
    type: z.literal('message'),
    role: z.literal('user'),
    x_grok: z.looseObject({ input_chunks: z.array(z.union([FileMention, TextChunk])).min(1) }),
  }),
});

/** What a user's message asks, in the site's own words. */
export interface GatewayMessage {
  readonly text: string;
  readonly fileIds: readonly string[];
  /** The answer that it follows; null in a new conversation. */
  readonly parentId: string | null;
}

export function messageOf(create: z.infer<typeof ItemCreate>): GatewayMessage {
  const texts: string[] = [];
  const fileIds = new Set(create.file_attachment_ids);
  for (const one of create.item.x_grok.input_chunks) {
    const text = TextChunk.safeParse(one);
    if (text.success) texts.push(text.data.text.text);
    const mention = FileMention.safeParse(one);
    if (mention.success) fileIds.add(fileIdOf(mention.data));
  }
  return {
    text: texts.join(''),
    fileIds: [...fileIds],
    parentId: create.parent_response_id ?? null,
  };
}

function fileIdOf({ mention: { target } }: z.infer<typeof FileMention>): string {
  const snake = z.object({ file_mention: z.object({ file_id: z.string() }) }).safeParse(target);
  if (snake.success) return snake.data.file_mention.file_id;
  return z.object({ fileMention: z.object({ fileId: z.string() }) }).parse(target).fileMention
    .fileId;
}
