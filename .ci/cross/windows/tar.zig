//! The tar of Windows, which wine lacks, as far as `tools/install.lua` calls it: prints one file of an archive.
//!
//!   tar -xzOf ARCHIVE MEMBER
const std = @import("std");

pub fn main(init: std.process.Init) !void {
    const io = init.io;
    const words = try init.minimal.args.toSlice(init.arena.allocator());
    if (words.len != 4 or !std.mem.eql(u8, words[1], "-xzOf")) return error.UnknownOption;
    var file = try std.Io.Dir.cwd().openFile(io, words[2], .{});
    defer file.close(io);
    var bytes: [65536]u8 = undefined;
    var reader = file.reader(io, &bytes);
    var window: [std.compress.flate.max_window_len]u8 = undefined;
    var plain: std.compress.flate.Decompress = .init(&reader.interface, .gzip, &window);
    var name: [4096]u8 = undefined;
    var link: [4096]u8 = undefined;
    var members: std.tar.Iterator = .init(&plain.reader, .{ .file_name_buffer = &name, .link_name_buffer = &link });
    var buffer: [65536]u8 = undefined;
    var writer: std.Io.File.Writer = .init(.stdout(), io, &buffer);
    while (try members.next()) |member| {
        if (!std.mem.eql(u8, member.name, words[3])) continue;
        try members.streamRemaining(member, &writer.interface);
        return writer.interface.flush();
    }
    return error.NotFoundInArchive;
}
