import * as z from 'zod';

export const FILE_PURPOSES = [
  'assistants',
  'batch',
  'fine-tune',
  'vision',
  'user_data',
  'evals',
] as const;
export type FilePurpose = (typeof FILE_PURPOSES)[number];

const DAY_S = 86_400;

/** Text fields of `POST /v1/files`. */
export const FileCreate = z.object({
  purpose: z.enum(FILE_PURPOSES),
  'expires_after[anchor]': z.optional(z.literal('created_at')),
  /** From an hour to 30 days, which is what a file has without it. */
  'expires_after[seconds]': z.optional(
    z.coerce
      .number()
      .int()
      .min(3_600)
      .max(30 * DAY_S),
  ),
});
export type FileCreate = z.infer<typeof FileCreate>;

/** Query of `GET /v1/files`. */
export const FileListQuery = z.object({
  after: z.optional(z.string().max(100)),
  limit: z.coerce.number().int().min(1).max(10_000).default(1_000),
  order: z.enum(['asc', 'desc']).default('desc'),
  purpose: z.optional(z.enum(FILE_PURPOSES)),
});

/** OpenAI's file object. Times are Unix s. */
export interface FileObject {
  readonly id: string;
  readonly object: 'file';
  readonly bytes: number;
  readonly created_at: number;
  readonly expires_at: number;
  readonly filename: string;
  readonly purpose: string;
  readonly status: 'processed';
}
