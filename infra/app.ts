import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { readSettings } from './settings.ts';
import { TagSuggestionsStack } from './stack.ts';

const app = new App();
try {
  const settings = readSettings(app.node);
  new TagSuggestionsStack(app, 'TagSuggestions', settings, { stackName: settings.stackName });
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
} catch (error) {
  // One line for the person who deploys; the trace is for who develops.
  console.error(process.env.CDK_DEBUG ? error : `${(error as Error).message}`);
  process.exit(2);
}
