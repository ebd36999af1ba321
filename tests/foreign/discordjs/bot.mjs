// An ordinary discord.js bot: `node bot.mjs API_URL TOKEN PICTURE`. Tells what it understood, a JSON line a step.
import { createHash } from "node:crypto";
import {
  ActionRowBuilder,
  ApplicationCommandType,
  AttachmentBuilder,
  ButtonBuilder,
  ButtonStyle,
  Client,
  ContainerBuilder,
  ContextMenuCommandBuilder,
  Events,
  GatewayIntentBits,
  LabelBuilder,
  MediaGalleryBuilder,
  MediaGalleryItemBuilder,
  MessageFlags,
  ModalBuilder,
  SlashCommandBuilder,
  TextDisplayBuilder,
  TextInputBuilder,
  TextInputStyle,
  version,
} from "discord.js";

const [apiUrl, token, picture] = process.argv.slice(2);

const COMMAND = new SlashCommandBuilder()
  .setName("paint")
  .setDescription("Paint a picture")
  .addStringOption((option) => option.setName("prompt").setDescription("What to paint").setRequired(true));

const MENUS = [
  new ContextMenuCommandBuilder().setName("Inspect image").setType(ApplicationCommandType.Message),
  new ContextMenuCommandBuilder().setName("Greet").setType(ApplicationCommandType.User),
];

// discord.js adds the version to the address by itself.
const client = new Client({
  intents: [GatewayIntentBits.Guilds, GatewayIntentBits.GuildMessages],
  rest: { api: apiUrl.replace(/\/v10$/, ""), version: "10" },
});

function tell(step, facts) {
  console.log(JSON.stringify({ step, ...facts }));
}

function card(words, picture) {
  const container = new ContainerBuilder().addTextDisplayComponents(new TextDisplayBuilder().setContent(words));
  if (picture) {
    const item = new MediaGalleryItemBuilder().setURL(`attachment://${picture}`).setDescription("a picture");
    container.addMediaGalleryComponents(new MediaGalleryBuilder().addItems(item));
  }
  const again = new ButtonBuilder().setCustomId("again").setLabel("Again").setStyle(ButtonStyle.Primary);
  const form = new ButtonBuilder().setCustomId("form").setLabel("Form").setStyle(ButtonStyle.Secondary);
  return container.addActionRowComponents(new ActionRowBuilder().addComponents(again, form));
}

async function paint(interaction) {
  tell("used", {
    user: interaction.user.username,
    guild: interaction.guild.name,
    channel: interaction.channel.name,
    prompt: interaction.options.getString("prompt", true),
  });
  await interaction.deferReply();
  const thinking = await interaction.fetchReply();
  tell("deferred", { loading: thinking.flags.has(MessageFlags.Loading) });
  const reply = await interaction.editReply({
    flags: MessageFlags.IsComponentsV2,
    components: [card(interaction.options.getString("prompt", true), "picture.png")],
    files: [new AttachmentBuilder(picture, { name: "picture.png", description: "a picture" })],
  });
  await tellFiles("edited", reply);
  await interaction.followUp({ content: "and more", flags: MessageFlags.Ephemeral });
}

async function tellFiles(step, message) {
  const files = [];
  for (const file of message.attachments.values()) {
    const data = Buffer.from(await (await fetch(file.url)).arrayBuffer());
    const sha256 = createHash("sha256").update(data).digest("hex");
    files.push({ name: file.name, width: file.width, height: file.height, sha256 });
  }
  tell(step, { message: message.id, files });
}

async function press(interaction) {
  await tellFiles("pressed", interaction.message);
  if (interaction.customId === "again") {
    await interaction.update({ components: [card("pressed")], attachments: [] });
    return;
  }
  const words = new TextInputBuilder().setCustomId("words").setStyle(TextInputStyle.Short).setMaxLength(50);
  const label = new LabelBuilder().setLabel("Words").setTextInputComponent(words);
  await interaction.showModal(new ModalBuilder().setCustomId("more").setTitle("More").addLabelComponents(label));
}

async function inspect(interaction) {
  await tellFiles("inspected", interaction.targetMessage);
  await interaction.reply({ content: interaction.targetMessage.author.username, flags: MessageFlags.Ephemeral });
}

async function greet(interaction) {
  tell("greeted", { user: interaction.targetUser.username, member: interaction.targetMember.displayName });
  await interaction.reply("hello");
}

client.once(Events.ClientReady, async () => {
  await client.application.commands.set([COMMAND, ...MENUS]);
  tell("ready", { version, guilds: client.guilds.cache.map((guild) => guild.name).sort() });
});

// A rejection here ends the process with its stack, which is what the test wants to see.
client.on(Events.InteractionCreate, async (interaction) => {
  if (interaction.isChatInputCommand()) await paint(interaction);
  if (interaction.isMessageContextMenuCommand()) await inspect(interaction);
  if (interaction.isUserContextMenuCommand()) await greet(interaction);
  if (interaction.isButton()) await press(interaction);
  if (interaction.isModalSubmit()) {
    const content = interaction.fields.getTextInputValue("words");
    await interaction.reply({ content, flags: MessageFlags.Ephemeral });
  }
});

client.on(Events.Warn, console.error);
process.once("SIGTERM", () => client.destroy());
await client.login(token);
