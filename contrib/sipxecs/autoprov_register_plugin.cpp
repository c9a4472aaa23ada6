// A register plug-in for the registrar of sipXecs and sipXcom: tells autoprov of each registration that was accepted.
//
// The registrar calls takeAction from many threads at a time and before it answers the phone, and what takeAction
// throws costs the phone its answer. So: one datagram to a Unix socket, never waiting for anybody, nothing thrown, and
// what cannot be sent is lost. The phone registers again before its registration ends.
//
// In registrar-config, for the plug-in named AUTOPROV:
//
//     SIP_REGISTRAR_HOOK_LIBRARY.AUTOPROV : /usr/lib64/libautoprovregisterplugin.so
//     SIP_REGISTRAR.AUTOPROV.SOCKET : /run/autoprov/plugin.sock      the default
//     SIP_REGISTRAR.AUTOPROV.USER : ~~id~sipXprovision               the default; whose To user begins with it is told of
//
// The datagram: "AUTOPROV/1 - 0 -" and a line feed, then the REGISTER. The three stand for source address, source port
// and granted seconds, of which nothing is true here: the message came by way of the proxy, and the duration that
// takeAction is told is spread by chance, and not zero where a phone takes its registration back. The message says it.
//
// C++98 with GNU's extensions, for the compilers of CentOS 6 and newer.

#include <cstddef>
#include <cstring>
#include <cxxabi.h>
#include <pthread.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <syslog.h>
#include <unistd.h>

#include "net/SipMessage.h"
#include "os/OsConfigDb.h"
#include "registry/RegisterPlugin.h"
#include "utl/UtlString.h"

namespace
{

const char DEFAULT_SOCKET[] = "/run/autoprov/plugin.sock";
const char DEFAULT_USER[] = "~~id~sipXprovision";
const char HEADING[] = "AUTOPROV/1 - 0 -\n";
const size_t LONGEST_USER = 127;
const size_t LONGEST_MESSAGE = 65000;

// Where to, and whose. Of fixed size: it is copied under a lock, which nobody may hold for long.
struct Target
{
   sockaddr_un address;
   char user[LONGEST_USER + 1];
};

int hexDigit(char digit)
{
   if (digit >= '0' && digit <= '9')
      return digit - '0';
   if (digit >= 'a' && digit <= 'f')
      return digit - 'a' + 10;
   if (digit >= 'A' && digit <= 'F')
      return digit - 'A' + 10;
   return -1;
}

// The character at *text*, which is moved behind it; %HH is one character (RFC 3261 19.1.2).
char nextCharacter(const char*& text, const char* end)
{
   if (*text == '%' && end - text > 2)
   {
      const int high = hexDigit(text[1]);
      const int low = hexDigit(text[2]);
      if (high >= 0 && low >= 0)
      {
         text += 3;
         return static_cast<char>(high * 16 + low);
      }
   }
   return *text++;
}

// Whether the user part of a sip: or sips: URI begins with *user*.
bool userBeginsWith(const char* user, const char* uri, size_t length)
{
   const char* const end = uri + length;
   const char* text = static_cast<const char*>(memchr(uri, ':', length));
   if (text == NULL)
      return false;
   for (++text; *user != '\0'; ++user)
      if (text >= end || nextCharacter(text, end) != *user)
         return false;
   return true;
}

class Locked
{
public:
   explicit Locked(pthread_mutex_t& mutex) : mMutex(mutex)
   {
      pthread_mutex_lock(&mMutex);
   }

   ~Locked()
   {
      pthread_mutex_unlock(&mMutex);
   }

private:
   pthread_mutex_t& mMutex;

   Locked(const Locked&);
   Locked& operator=(const Locked&);
};

} // namespace

class AutoprovRegisterPlugin : public RegisterPlugin
{
public:
   explicit AutoprovRegisterPlugin(const UtlString& instance);
   virtual ~AutoprovRegisterPlugin();

   // The registrar may call it again at any time.
   virtual void readConfig(OsConfigDb& config);

   virtual void takeAction(const SipMessage& message, const unsigned int duration, SipUserAgent* userAgent);

private:
   void configure(OsConfigDb& config);
   void tell(const SipMessage& message);
   void send(const Target& target, const char* message, size_t length) const;

   int mSocket;
   pthread_mutex_t mMutex;
   Target mTarget; // under mMutex; without a path while there is no configuration that can be used

   AutoprovRegisterPlugin(const AutoprovRegisterPlugin&);
   AutoprovRegisterPlugin& operator=(const AutoprovRegisterPlugin&);
};

AutoprovRegisterPlugin::AutoprovRegisterPlugin(const UtlString& instance) :
   RegisterPlugin(instance),
   mSocket(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0))
{
   pthread_mutex_init(&mMutex, NULL);
   memset(&mTarget, 0, sizeof mTarget);
}

AutoprovRegisterPlugin::~AutoprovRegisterPlugin()
{
   if (mSocket >= 0)
      close(mSocket);
   pthread_mutex_destroy(&mMutex);
}

void AutoprovRegisterPlugin::readConfig(OsConfigDb& config)
{
   try
   {
      configure(config);
   }
   catch (abi::__forced_unwind&) // the thread is being cancelled: whoever stops that aborts the registrar
   {
      throw;
   }
   catch (...)
   {
      syslog(LOG_ERR, "autoprov: its configuration cannot be read, it tells nothing");
   }
}

void AutoprovRegisterPlugin::takeAction(const SipMessage& message, const unsigned int, SipUserAgent*)
{
   try
   {
      tell(message);
   }
   catch (abi::__forced_unwind&)
   {
      throw;
   }
   catch (...)
   {
      // The phone gets its 200, and registers again.
   }
}

void AutoprovRegisterPlugin::configure(OsConfigDb& config)
{
   UtlString path;
   UtlString user;
   config.get(UtlString("SOCKET"), path);
   config.get(UtlString("USER"), user);
   const char* const wantedPath = path.length() != 0 ? path.data() : DEFAULT_SOCKET;
   const char* const wantedUser = user.length() != 0 ? user.data() : DEFAULT_USER;

   Target target;
   memset(&target, 0, sizeof target);
   target.address.sun_family = AF_UNIX;
   if (strlen(wantedPath) < sizeof target.address.sun_path && strlen(wantedUser) <= LONGEST_USER && mSocket >= 0)
   {
      strcpy(target.address.sun_path, wantedPath);
      strcpy(target.user, wantedUser);
      syslog(LOG_INFO, "autoprov: registrations of %s... are told to %s", wantedUser, wantedPath);
   }
   else
   {
      syslog(LOG_ERR, "autoprov: SOCKET or USER is too long, or there is no socket; it tells nothing");
   }
   const Locked locked(mMutex);
   mTarget = target;
}

void AutoprovRegisterPlugin::tell(const SipMessage& message)
{
   Target target;
   {
      const Locked locked(mMutex);
      target = mTarget;
   }
   if (target.address.sun_path[0] == '\0')
      return;
   UtlString to;
   message.getToUri(&to);
   if (!userBeginsWith(target.user, to.data(), to.length()))
      return;
   UtlString text;
   ssize_t length = 0;
   message.getBytes(&text, &length);
   send(target, text.data(), text.length());
}

// Absent, full or stuck: at the other end nobody is waited for.
void AutoprovRegisterPlugin::send(const Target& target, const char* message, size_t length) const
{
   Target to = target;
   iovec parts[2];
   parts[0].iov_base = const_cast<char*>(HEADING);
   parts[0].iov_len = sizeof HEADING - 1;
   parts[1].iov_base = const_cast<char*>(message);
   parts[1].iov_len = length < LONGEST_MESSAGE ? length : LONGEST_MESSAGE;
   msghdr datagram;
   memset(&datagram, 0, sizeof datagram);
   datagram.msg_name = &to.address;
   datagram.msg_namelen = sizeof to.address;
   datagram.msg_iov = parts;
   datagram.msg_iovlen = 2;
   (void) sendmsg(mSocket, &datagram, MSG_DONTWAIT | MSG_NOSIGNAL);
}

// By this name the registrar finds it.
extern "C" RegisterPlugin* getRegisterPlugin(const UtlString& instance)
{
   return new AutoprovRegisterPlugin(instance);
}
