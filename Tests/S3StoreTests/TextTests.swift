import ObjectStore
import S3Store
import Testing

/// The small languages of the protocol: times, encodings, XML, checksums, locations.
@Suite struct TextTests {
    @Test func `times are read and written in the three forms of S3`() {
        let time = ServerTime.fromHeader("Fri, 24 May 2013 01:02:03 GMT")
        #expect(time == 1_369_357_323_000_000)
        #expect(ServerTime.fromISO("2013-05-24T01:02:03Z") == time)
        #expect(ServerTime.fromISO("2013-05-24T01:02:03.4567Z") == time)
        #expect(ServerTime.compact(microseconds: 1_369_357_323_999_999) == "20130524T010203Z")
        #expect(ServerTime.compact(microseconds: 951_782_400_000_000) == "20000229T000000Z")
        #expect(ServerTime.fromISO("2000-02-29T00:00:00Z") == 951_782_400_000_000)
        for text in ["", "tomorrow", "2013-13-24T01:02:03Z", "2013-05-24T25:02:03Z"] {
            #expect(ServerTime.fromISO(text) == nil)
        }
        #expect(ServerTime.fromHeader("Fri, 24 Mai 2013 01:02:03 GMT") == nil)
    }

    @Test func `keys are encoded byte by byte and decoded from listings`() {
        #expect(PercentEncoding.path("a b/ü+%~") == "a%20b/%C3%BC%2B%25~")
        #expect(PercentEncoding.component("a/b") == "a%2Fb")
        #expect(PercentEncoding.decode("a+b%2Bc%C3%BC%25") == "a b+cü%")
        for text in ["%", "%2", "%zz", "%FF"] { #expect(PercentEncoding.decode(text) == nil) }
    }

    @Test func `XML is read as stores send it`() {
        let text = """
              <?xml version="1.0" encoding="UTF-8"?><!-- c -->
            <a:R xmlns="u" b='<' ></a:R>
            """
        #expect(XMLElement.parse(Array(text.utf8)) == nil)
        let answer = """
              <?xml version="1.0"?>
            <s3:List xmlns:s3="http://x/y" k = 'v>'>
              <Key>a &amp; b &lt;&#x41;&#66;</Key><Empty/><Key><![CDATA[<raw>]]></Key>
            </s3:List>

            """
        let root = XMLElement.parse(Array(answer.utf8))
        #expect(root?.name == "List")
        #expect(root?.all("Key").map(\.text) == ["a & b <AB", "<raw>"])
        #expect(root?["Empty"]?.text == "")
        #expect(root?["Absent"] == nil)
    }

    @Test(arguments: [
        "", "text", "<a>", "<a></b>", "<a/><b/>", "<a>&unknown;</a>", "<a>&#xD800;</a>",
        "<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>", "<a b></a>", "<a b=c></a>", "<a><b></a></b>",
        "<a>\u{0}", "<a>&amp</a>",
        String(repeating: "<a>", count: 100) + String(repeating: "</a>", count: 100),
    ])
    func `what is no XML is refused`(text: String) {
        #expect(XMLElement.parse(Array(text.utf8)) == nil)
    }

    @Test func `the checksum is that of the specification, whole and in parts`() {
        var crc = CRC32()
        crc.update(Array("123456789".utf8).span)
        #expect(crc.value == 0xCBF4_3926)
        #expect(CRC32.header(crc.value) == "y/Q5Jg==")
        let bytes = (0..<100_003).map { UInt8(truncatingIfNeeded: $0 &* 7 ^ $0 >> 5) }
        var whole = CRC32()
        whole.update(bytes.span)
        for cut in [0, 1, 9, 65_536, 100_003] {
            var first = CRC32()
            first.update(bytes.span.extracting(0..<cut))
            var second = CRC32()
            second.update(bytes.span.extracting(cut..<bytes.count))
            let combined = CRC32.combine(
                first.value,
                second.value,
                secondBytes: Int64(bytes.count - cut)
            )
            #expect(combined == whole.value)
        }
    }

    @Test func `locations are read`() throws {
        #expect(try StoreLocation("s3://bucket") == .s3(bucket: "bucket", prefix: ""))
        #expect(try StoreLocation("s3://bucket/") == .s3(bucket: "bucket", prefix: ""))
        #expect(try StoreLocation("s3a://b.c-d/x/y/") == .s3(bucket: "b.c-d", prefix: "x/y/"))
        #expect(try StoreLocation("file:///tmp/x") == .directory(path: "/tmp/x"))
        #expect(try StoreLocation("file://localhost/tmp/x") == .directory(path: "/tmp/x"))
        #expect(try StoreLocation("/tmp/x") == .directory(path: "/tmp/x"))
        #expect(try StoreLocation("S3://bucket/a").description == "s3://bucket/a")
    }

    @Test(arguments: [
        ("s4://bucket", "Did you mean 's3'?"), ("fiel:///x", "Did you mean 'file'?"),
        ("hdfs://x", "no known scheme"), ("tmp/x", "neither an absolute path"),
        ("file://tmp/x", "three slashes"), ("s3://", "no name of a bucket"),
        ("s3://bad bucket/x", "no name of a bucket"), ("s3://bucket//x", "is empty"),
        ("s3://bucket/../x", "'..'"),
    ])
    func `a wrong location says what is wrong`(text: String, hint: String) {
        let error = failure { try StoreLocation(text) }
        #expect(error?.message.contains(hint) == true, "\(error?.message ?? "")")
        #expect(error?.message.contains(text) == true)
    }

    private func failure(_ body: () throws -> StoreLocation) -> ObjectStoreError? {
        do {
            _ = try body()
            Issue.record("the location was taken")
            return nil
        } catch {
            return error as? ObjectStoreError
        }
    }
}
